#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts: devsign and its TPM are killed in the same moment, at random.

powercut.py CUTS [SEED].  After each cut the TPM starts again from its state,
`devsign status` must tell where the device stands, the same commands are run
again to the end (or cut again), and then everything must be as if nothing had
happened: the same key and no second one, the certificate in NV, whole files and
nothing left over.  Writes TAP and, as comments, what was found after the cuts.
"""
import collections
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

AGAIN = 0.3             # how often a resumed run is cut again
FACTORY = 0.75          # how many cuts are in the factory, not in renewals

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
os.environ['PATH'] = BUILD + ':' + os.environ['PATH']
os.umask(0o022)

# What the scripts share.  cd into a directory with the CA; the device is dev/.
ISSUE = r'''
issue() {
	openssl x509 -req -in dev/request.pem -CA ca.crt -CAkey ca.key -days 30 \
	    -sha256 -extfile leaf.ext -set_serial "0x1$(openssl rand -hex 8)" \
	    -out leaf.tmp 2>/dev/null
	cat leaf.tmp ca.crt >"$1.tmp"
	mv "$1.tmp" "$1"
}
'''
FACTORY_SCRIPT = r'''
devsign key create
devsign request -n serialNumber=unit-0042,O=Test --dir dev
devsign install --nv --rma-key rma.pub --yes --dir dev given.pem
devsign lock --level owner --dir dev
'''
INSTALL_SCRIPT = r'''
devsign install --nv --rma-key rma.pub --yes --dir dev given.pem
devsign lock --level owner --dir dev
'''
RENEW_SCRIPT = ISSUE + r'''
case $(devsign status -j --dir dev | jq -r .key.spec) in
*/ldevid-2.pem) ;;
*)
	devsign renew --no-passphrase --dir dev
	issue next.pem
	;;
esac
devsign install --dir dev next.pem
'''
# What must be the same in the end: key, certificate, no lockout nearer.
TPM_SHOW = r'''
tpm2_readpublic -c 0x81020000
tpm2_nvreadpublic 0x01C90200
tpm2_getcap handles-persistent
tpm2_getcap handles-nv-index
tpm2_getcap properties-variable | grep LOCKOUT
'''
RESET_SCRIPT = 'devsign reset --yes --dir dev\n'


class Wrong(Exception):
    pass


def sh(script, cwd, check=True):
    done = subprocess.run(['bash', '-euc', script], cwd=cwd, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if check and done.returncode != 0:
        raise Wrong(f'{script.strip()}: exit {done.returncode}\n'
                    f'{done.stdout}{done.stderr}')
    return done.stdout


def copy_tree(old, new):
    """Without the sockets of a TPM."""
    shutil.copytree(old, new, ignore=shutil.ignore_patterns('sock*', '.lock'))


def read(*path):
    with open(os.path.join(*path), 'rb') as f:
        return f.read()


class Tpm:
    """A software TPM whose state is in a directory."""

    def __init__(self, where):
        self.where, self.process = where, None
        self.path = os.path.join(where, 'sock')
        os.environ['DEVSIGN_TCTI'] = os.environ['TPM2TOOLS_TCTI'] = \
            'swtpm:path=' + self.path

    def answers(self, path):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(path) == 0

    def start(self):
        both = self.path + '.ctrl', self.path
        for path in both:
            if os.path.exists(path):
                os.unlink(path)
        self.process = subprocess.Popen(
            ['swtpm', 'socket', '--tpm2', '--tpmstate', 'dir=' + self.where,
             '--server', 'type=unixio,path=' + self.path,
             '--ctrl', f'type=unixio,path={self.path}.ctrl',
             '--flags', 'not-need-init,startup-clear'],
            stderr=subprocess.DEVNULL)
        for _ in range(20000):
            if all(self.answers(path) for path in both):
                return
            time.sleep(0.001)
        raise Wrong('swtpm does not start')

    def kill(self, number=signal.SIGKILL):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None


class Nothing:
    """Stands in for the TPM of a device without one."""

    def __init__(self):
        os.environ['DEVSIGN_TCTI'] = 'device:/nowhere'

    def start(self):
        pass

    def kill(self):
        pass


class Scene:
    """One kind of work, from one starting point."""

    def __init__(self, name, base, script, tpm):
        self.name, self.base, self.script, self.tpm = name, base, script, tpm
        self.work = base + '.work'
        self.found = collections.Counter()
        self.now = Nothing()
        self.cuts = self.runs = 0
        self.seconds = None

    def fresh(self):
        shutil.rmtree(self.work, ignore_errors=True)
        copy_tree(self.base, self.work)

    def here(self):
        """The way to this scene's TPM, for it and what it runs."""
        self.now = self.tpm(os.path.join(self.work, 'tpm')) \
            if self.tpm is Tpm else Nothing()
        return self.now

    def measure(self):
        times = []
        for _ in range(5):
            self.fresh()
            tpm = self.here()
            tpm.start()
            begin = time.monotonic()
            sh(self.script, self.work)
            times.append(time.monotonic() - begin)
            self.finished()
            tpm.kill()
        self.seconds = sorted(times)[len(times) // 2]

    def cut(self, tpm):
        """Runs the script and kills all of it, and the TPM."""
        run = subprocess.Popen(
            ['bash', '-euc', self.script], cwd=self.work, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, self.seconds))
        # One cut in five or so comes too late, however busy the machine is.
        running = run.poll() is None
        self.seconds *= 1.02 if running else 0.93
        if running:
            os.killpg(run.pid, signal.SIGKILL)
        tpm.kill()
        run.wait()
        self.cuts += 1

    never = ('unknown', 'broken')

    def status(self):
        text = sh('devsign status -j --dir dev', self.work, check=False)
        state = json.loads(text)
        if state['stage'] in self.never:
            raise Wrong('after a cut: ' + text)
        return state

    def run(self):
        """One life with one cut or several."""
        self.fresh()
        tpm = self.here()
        while True:
            tpm.start()
            self.cut(tpm)
            tpm.start()
            self.found[self.describe(self.status())] += 1
            if random.random() >= AGAIN:
                break
            tpm.kill()
        sh(self.script, self.work)
        self.finished()
        tpm.kill()
        self.runs += 1

    def same(self, what, is_, wanted):
        if is_ != wanted:
            raise Wrong(f'{what}: {is_!r}, wanted {wanted!r}')

    def files(self, *wanted):
        self.same('files', sorted(os.listdir(os.path.join(self.work, 'dev'))),
                  sorted(wanted))


class Factory(Scene):
    """From nothing, or from a request on, to a locked TPM."""

    wanted = None

    def describe(self, state):
        dev = os.path.join(self.work, 'dev')
        if not state['key']['there']:
            return 'key absent'
        if state['tpm']['owner_auth']:
            return 'NV locked, owner password set, ' + (
                'Clear forbidden' if state['tpm']['clear_forbidden']
                else 'Clear possible')
        if state['nv']['state'] != 'absent':
            return 'NV ' + state['nv']['state']
        if os.path.exists(os.path.join(dev, 'chain.pem')):
            return 'chain installed, NV absent'
        if os.path.exists(os.path.join(dev, 'idevid.pem')):
            return 'chain half installed'
        if os.path.exists(os.path.join(dev, 'request.pem')):
            return 'key and request'
        return 'key, no request'

    def finished(self):
        self.files('chain.pem', 'idevid.pem', 'device', 'lock', 'owner.auth')
        for name in ('chain.pem', 'idevid.pem'):
            self.same(name, read(self.work, 'dev', name),
                      read(self.work, 'given.pem'))
        self.same('record', read(self.work, 'dev', 'device'),
                  read(self.base, '..', 'record'))
        self.same('NV', subprocess.run(
            ['tpm2_nvread', '0x01C90200'], capture_output=True).stdout,
            read(self.work, 'given.der'))
        self.same('the TPM', sh(
            TPM_SHOW +
            'tpm2_changeauth -c owner -p "$(cat dev/owner.auth)" '
            '"$(cat dev/owner.auth)"', self.work),
            read(self.base, '..', 'tpm-state').decode())


class Renew(Scene):
    """An operational key in a file gives way to the next."""

    def describe(self, state):
        dev = os.path.join(self.work, 'dev')
        old = os.path.exists(os.path.join(self.work, 'op.key'))
        if state['key']['spec'].endswith('/ldevid-2.pem'):
            return 'next in use, old key ' + ('there' if old else 'removed')
        if not os.path.exists(os.path.join(dev, 'ldevid-2.pem')):
            return 'old in use, no next key'
        return 'old in use, next key, ' + (
            'request' if os.path.exists(os.path.join(dev, 'request.pem'))
            else 'no request')

    def finished(self):
        self.files('chain.pem', 'device', 'lock', 'ldevid-2.pem')
        if os.path.exists(os.path.join(self.work, 'op.key')):
            raise Wrong('the old key is still there')
        sh('echo x >f; devsign sign --force --dir dev f; '
           'devverify-lab file -a ca.crt f', self.work)
        lines = read(self.work, 'dev', 'device').decode().splitlines()
        self.same('record', [line.split(' = ')[0] for line in lines],
                  ['devsign-record', 'ldevid-key', 'ldevid-spki', 'generation'])
        self.same('generation', lines[3], 'generation = 2')


class Reset(Scene):
    """A renewal under way and the key in use are dropped."""

    never = ('broken',)         # in the end no key is left but a TPM's

    def describe(self, state):
        record = read(self.work, 'dev', 'device').decode()
        return ('chain there, ' if state['stage'] == 'installed'
                else 'chain gone, ') + (
            'next and old key' if 'next-key' in record else
            'old key' if 'ldevid-key' in record else 'no key')

    def finished(self):
        self.files('device', 'lock')
        self.same('record', read(self.work, 'dev', 'device'),
                  b'devsign-record = 1\n')
        self.same('keys', os.path.exists(os.path.join(self.work, 'op.key')),
                  False)


def ca_make(where):
    sh(r'''
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -subj /CN=CA -days 300 \
    -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign -out ca.crt
printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid \
    keyUsage=critical,digitalSignature >leaf.ext
openssl ecparam -name prime256v1 -genkey -noout -out rma.key
openssl pkey -in rma.key -pubout -out rma.pub
''', where)


def scenes_make(top):
    """The starting points, and what the end must look like."""
    ca_make(top)
    parts = ['ca.key', 'ca.crt', 'leaf.ext', 'rma.pub']
    blank, asked, op, reset = (os.path.join(top, n) for n in
                               ('blank', 'asked', 'op', 'reset'))
    os.makedirs(os.path.join(blank, 'tpm'))
    for part in parts:
        shutil.copy(os.path.join(top, part), blank)
    tpm = Tpm(os.path.join(blank, 'tpm'))
    tpm.start()
    sh('tpm2_getrandom --hex 8', top)
    tpm.kill(signal.SIGTERM)
    # The same TPM each time, so the same key: one chain serves all.
    copy_tree(blank, asked)
    tpm = Tpm(os.path.join(asked, 'tpm'))
    tpm.start()
    sh(ISSUE + r'''
devsign key create
devsign request -n serialNumber=unit-0042,O=Test --dir dev
issue given.pem
openssl x509 -in given.pem -outform DER -out given.der
''', asked)
    tpm.kill(signal.SIGTERM)
    for name in ('given.pem', 'given.der'):
        shutil.copy(os.path.join(asked, name), blank)
    copy_tree(asked, os.path.join(top, 'whole'))
    tpm = Tpm(os.path.join(top, 'whole', 'tpm'))
    tpm.start()
    sh(FACTORY_SCRIPT + r'''
cp dev/device ../record
{
''' + TPM_SHOW + '''
} >../tpm-state
''', os.path.join(top, 'whole'))
    tpm.kill(signal.SIGTERM)
    Nothing()
    os.makedirs(op)
    for part in parts:
        shutil.copy(os.path.join(top, part), op)
    # The record holds absolute names: those of where it will be used.
    work = op + '.work'
    copy_tree(op, work)
    sh(ISSUE + r'''
devsign key create -k "file:$PWD/op.key" --no-passphrase
devsign request -k "file:$PWD/op.key" -n CN=op,O=Test --dir dev
issue first.pem
devsign install --dir dev first.pem
''', work)
    shutil.rmtree(op)
    copy_tree(work, op)
    copy_tree(op, reset)
    sh(f"sed -i 's|{op}.work|{reset}.work|' dev/device", reset)
    copy_tree(reset, reset + '.work')
    sh('devsign renew --no-passphrase --dir dev', reset + '.work')
    shutil.rmtree(reset)
    copy_tree(reset + '.work', reset)
    return [Factory('factory', blank, FACTORY_SCRIPT, Tpm),
            Factory('install and lock', asked, INSTALL_SCRIPT, Tpm),
            Renew('renew', op, RENEW_SCRIPT, Nothing),
            Reset('reset', reset, RESET_SCRIPT, Nothing)]


def scene_work(scene, cuts):
    begin = time.monotonic()
    scene.measure()
    whole = scene.seconds
    while scene.cuts < cuts:
        scene.run()
    print(f'# {scene.name}: {scene.cuts} cuts in {scene.runs} lives of '
          f'{whole * 1000:.0f} ms, {time.monotonic() - begin:.0f} s; found:')
    for what, count in scene.found.most_common():
        print(f'#   {count:5} {what}')


def main():
    cuts = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    random.seed(seed)
    print(f'1..4\n# seed {seed}', flush=True)
    failed = False
    # A driver that is ended takes its TPM with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix='powercut.') as top:
        scenes = scenes_make(top)
        factory = round(cuts * FACTORY)
        shares = [factory // 2, factory - factory // 2]
        shares += [(cuts - factory) * 2 // 3]
        shares += [cuts - sum(shares)]
        for i, (scene, share) in enumerate(zip(scenes, shares), 1):
            try:
                scene_work(scene, share)
                print(f'ok {i} - power cuts: {scene.name}', flush=True)
            except Wrong as wrong:
                failed = True
                print(f'not ok {i} - power cuts: {scene.name}')
                for line in str(wrong).splitlines():
                    print('# ' + line)
                print(f'# after {scene.cuts} cuts', flush=True)
            finally:
                scene.now.kill()
    return failed


sys.exit(main())
