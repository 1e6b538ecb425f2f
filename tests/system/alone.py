"""A daemon with a network of its own: loopback, and nobody else on it."""
import subprocess

from harness import Skipped, check

LOOPBACK_UP = ("import fcntl,socket,struct;s=socket.socket();"
               "fcntl.ioctl(s,0x8914,struct.pack('16sH14x',b'lo',0x49))")


# What a person would do with `ip address add`, which is not on every machine.
ADDRESS = ("import fcntl,socket,struct,sys;s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);"
           "[fcntl.ioctl(s,0x8916,struct.pack('16sHH4s8x',b'lo:%d'%i,2,0,socket.inet_aton(a)))"
           " for i,a in enumerate(sys.argv[2:],int(sys.argv[1]))]")


def inside(node, *command, timeout=20):
    """@command in the network of @node, which is running."""
    return subprocess.run(["nsenter", f"--net=/proc/{node.pid()}/ns/net", "--", *map(str, command)],
                          capture_output=True, text=True, timeout=timeout, check=False)


def give_addresses(node, first, *addresses):
    """More addresses of the machine of @node, as the interfaces lo:FIRST and on."""
    done = inside(node, "python3", "-c", ADDRESS, first, *addresses)
    check(done.returncode == 0, f"no address: {done.stderr}")


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
