"""A daemon with a network of its own: loopback, and nobody else on it."""
import subprocess

from harness import Skipped

LOOPBACK_UP = ("import fcntl,socket,struct;s=socket.socket();"
               "fcntl.ioctl(s,0x8914,struct.pack('16sH14x',b'lo',0x49))")


def put_alone(tree, node):
    """From its next start on. Its control socket is a file and goes on."""
    try:
        done = subprocess.run(["unshare", "--net", "--", "true"], capture_output=True,
                              text=True, timeout=10, check=False)
    except FileNotFoundError as missing:
        raise Skipped(str(missing)) from missing
    if done.returncode != 0:
        raise Skipped(f"no network of its own: {done.stderr.strip()}")
    wrapper = tree.dir / f"alone-{node.dir.name}"
    wrapper.write_text("#!/bin/sh\nexec unshare --net -- sh -c 'python3 -c \"$0\" && "
                       f"exec \"{node.binary}\" \"$@\"' \"{LOOPBACK_UP}\" \"$@\"\n")
    wrapper.chmod(0o755)
    node.binary = wrapper
