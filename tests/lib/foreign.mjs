// SPDX-License-Identifier: GPL-3.0-or-later
// The COSE library @auth0/cose on our envelopes, and ours on its, for tests. The
// library reads CBOR (cbor-x), checks signatures (node's own cryptography) and
// chains (pkijs); here are only the digest, as RFC 9995 has it, and the words.
//
//   node foreign.mjs PACKAGES verify ROOT.pem EVERY ENVELOPE [ARTEFACT]
//   node foreign.mjs PACKAGES sign   OUT FILE HASH|attach KEY CHAIN [KEY CHAIN]...
//   node foreign.mjs PACKAGES raw    OUT FILE KEY CHAIN   COSE_Sign as it encodes it
//   node foreign.mjs PACKAGES decode FILE...              receipts
//
// PACKAGES is the directory that npm filled. EVERY: besides, so many octets apart,
// one bit is changed in what is signed, in the signature and in the artefact, and
// must be refused; 0: none. Exit 0: it holds; 1: refused; 3: the library is not
// there.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';

const [packages, verb, ...args] = process.argv.slice(2);
let cose, cbor;
try {
	const load = createRequire(resolve(packages, 'package.json'));
	cose = load('@auth0/cose');
	cbor = load('cbor-x');
} catch (e) {
	console.error(`the library is not there: ${e.message}`);
	process.exit(3);
}

const TYP = 'application/vnd.devsign.artefact+cose';
const HASHES = new Map([[-16, 'sha256'], [-43, 'sha384'], [-44, 'sha512']]);
const CURVES = { prime256v1: -7, secp384r1: -35 };
const encoder = new cbor.Encoder({ tagUint8Array: false, useRecords: false,
	mapsAsObjects: false, useTag259ForMaps: false });

function must(what, why) {
	if (!what)
		throw new Error(why);
}

const digest = (name, data) => createHash(name).update(data).digest();

// ---- verifying ----

function content(headers, payload, artefact) {
	if (headers.has(3)) {
		must(artefact === undefined || artefact.equals(payload),
			'another artefact');
		return { content_type: headers.get(3), attached: true };
	}
	const name = HASHES.get(headers.get(258));
	must(name && artefact !== undefined, 'hash');
	must(digest(name, artefact).equals(payload), 'another artefact');
	return { content_type: headers.get(259), hash: name };
}

async function one(sign1, roots) {
	await sign1.verifyX509(roots);
	const claims = sign1.protectedHeaders.get(15);
	return [{ iss: claims.get(1), iat: claims.get(6), alg: sign1.alg,
		certificates: sign1.x5chain.length }];
}

// The library is content with one signature of several: each is asked.
async function several(sign, roots) {
	const by = [];
	for (const s of sign.signatures) {
		const { publicKey } = await s.verifyX509Chain(roots);
		await s.verify(publicKey, sign.encodedProtectedHeaders, sign.payload);
		const claims = s.protectedHeaders.get(15);
		by.push({ iss: claims.get(1), iat: claims.get(6), alg: s.alg,
			certificates: s.x5chain.length });
	}
	must(by.length > 0, 'no signature');
	return by;
}

async function verify(data, artefact, roots) {
	const multi = data[0] === 0xd8;
	const read = multi ? cose.Sign.decode(data) : cose.Sign1.decode(data);
	const headers = read.protectedHeaders;
	must(headers.get(16) === TYP, 'typ');
	const by = await (multi ? several : one)(read, roots);
	return { sub: headers.get(15).get(2), signed_by: by,
		...content(headers, Buffer.from(read.payload), artefact) };
}

// Where in the envelope everything stands that counts for this library: it does
// not mind how the array around it is written.
function signedParts(data) {
	const item = encoder.decode(data);
	const parts = (item.encodedProtectedHeaders === undefined ? item.value :
		[item.encodedProtectedHeaders, null, item.payload, item.signature]);
	const views = [parts[0], parts[2]];
	if (item.signatures !== undefined)
		for (const s of item.signatures)
			views.push(s.encodedProtectedHeaders, s.signature);
	else
		views.push(parts[3]);
	return views.map((v) => {
		const at = data.indexOf(Buffer.from(v));
		must(at > 0, 'a part is not in the envelope');
		return [at, at + v.length];
	});
}

async function refused(data, artefact, roots) {
	try {
		await verify(data, artefact, roots);
	} catch {
		return true;
	}
	return false;
}

function flipped(data, at) {
	const copy = Buffer.from(data);
	copy[at] ^= 1 << at % 8;
	return copy;
}

async function flips(every, data, artefact, roots) {
	let count = 0;
	for (const [from, to] of signedParts(data)) {
		for (let at = from; at < to; at += every, count++)
			must(await refused(flipped(data, at), artefact, roots),
				`octet ${at} of the envelope altered, and accepted`);
	}
	for (let at = 0; artefact && at < artefact.length; at += every, count++)
		must(await refused(data, flipped(artefact, at), roots),
			`octet ${at} of the artefact altered, and accepted`);
	return count;
}

// ---- signing ----

class Signer {
	constructor(key, chain) {
		this.key = createPrivateKey(readFileSync(key));
		const certs = readFileSync(chain, 'utf8').split(/(?=-----BEGIN )/)
			.map((text) => new X509Certificate(text));
		this.ders = certs.filter((c, i) => i === 0 || c.issuer !== c.subject)
			.map((c) => c.raw);
		this.iss = /^CN=(.*)$/m.exec(certs[0].subject)[1];
		this.alg = this.key.asymmetricKeyType === 'ed25519' ? -8 :
			CURVES[this.key.asymmetricKeyDetails.namedCurve];
	}

	claims(more) {
		const iat = Math.floor(Date.now() / 1000);
		return new Map([[1, this.iss], ...more, [6, iat]]);
	}

	chain() {
		return this.ders.length === 1 ? this.ders[0] : this.ders;
	}
}

// In the order that RFC 8949 4.2.1 asks for: the library keeps it.
const headers = (pairs) => new cose.ProtectedHeaders(
	pairs.filter((p) => p !== null).sort((a, b) => a[0] - b[0]));

function body(how, data, more) {
	const hash = how === 'attach' ? null :
		[...HASHES].find(([, name]) => name === how)[0];
	return [...more, [16, TYP], how === 'attach' ? [3, 'text/plain'] : null,
		hash && [258, hash], hash && [259, 'application/octet-stream']];
}

async function signOne(how, data, name, signer) {
	const payload = how === 'attach' ? data : digest(how, data);
	const made = await cose.Sign1.sign(headers(body(how, data, [
		[1, signer.alg], [15, signer.claims([[2, name]])],
		[33, signer.chain()]])), undefined, payload, signer.key);
	return made.encode();
}

async function signSeveral(how, data, name, signers) {
	const payload = how === 'attach' ? data : digest(how, data);
	return cose.Sign.sign(headers(body(how, data, [[15,
		new Map([[2, name]])]])), undefined, payload,
		signers.map((s) => ({ key: s.key, protectedHeaders: headers([
			[1, s.alg], [15, s.claims([])], [33, s.chain()]]) })));
}

// The library writes the header map of each signature as a map, where RFC 9052 4.1
// wants its octets, which it has and has signed.
function several98(made) {
	return encoder.encode(new cbor.Tag([made.encodedProtectedHeaders, new Map(),
		made.payload, made.signatures.map((s) => [s.encodedProtectedHeaders,
			new Map(), s.signature])], 98));
}

function pairs(list) {
	const out = [];
	for (let i = 0; i + 1 < list.length; i += 2)
		out.push(new Signer(list[i], list[i + 1]));
	return out;
}

// ---- command line ----

const shown = (v) => v instanceof Map ?
	Object.fromEntries([...v].map(([k, w]) => [k, shown(w)])) :
	Array.isArray(v) ? v.map(shown) :
	v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v;

async function run() {
	if (verb === 'verify') {
		const [root, every, envelope, file] = args;
		const roots = [readFileSync(root, 'utf8')];
		const data = readFileSync(envelope);
		const artefact = file === undefined ? undefined : readFileSync(file);
		const said = await verify(data, artefact, roots);
		if (Number(every) > 0)
			said.altered = await flips(Number(every), data, artefact,
				roots);
		return said;
	}
	if (verb === 'decode')
		return args.map((f) => shown(encoder.decode(readFileSync(f))));
	const [out, file] = args;
	const data = readFileSync(file), name = basename(file);
	if (verb === 'raw') {
		const made = await signSeveral('sha256', data, name,
			pairs(args.slice(2)));
		writeFileSync(out, made.encode());
		return { written: out };
	}
	must(verb === 'sign', 'usage');
	const signers = pairs(args.slice(3));
	writeFileSync(out, signers.length === 1 ?
		await signOne(args[2], data, name, signers[0]) :
		several98(await signSeveral(args[2], data, name, signers)));
	return { written: out };
}

try {
	console.log(JSON.stringify(await run()));
} catch (e) {
	console.error(`refused: ${e.name}: ${e.message}`);
	process.exit(1);
}
