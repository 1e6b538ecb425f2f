/* What goes out, before it is encrypted: every message that the daemon hands
 * to ZeroMQ is appended to the file LT_FRAMES as well. */
#define _GNU_SOURCE 1 /* RTLD_NEXT */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

typedef int send_fn(void *socket, const void *bytes, size_t len, int flags);

int zmq_send(void *socket, const void *bytes, size_t len, int flags);

static void keep(const void *bytes, size_t len)
{
    const char *path = getenv("LT_FRAMES");
    int fd = path == NULL
                 ? -1
                 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd >= 0) {
        if (write(fd, bytes, len) < 0) {
            abort(); /* a test without its eyes would find nothing */
        }
        (void)close(fd);
    }
}

int zmq_send(void *socket, const void *bytes, size_t len, int flags)
{
    static send_fn *real;

    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "zmq_send");
    }
    keep(bytes, len);
    return real(socket, bytes, len, flags);
}
