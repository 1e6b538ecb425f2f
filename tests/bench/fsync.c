/* F: one fdatasync after an append of 4 KiB, at a given pace.
 *
 *   lt-bench-fsync FILE COUNT RATE
 *
 * RATE is a second, 0 back to back. Prints the median and more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_until(double s)
{
    struct timespec until = {.tv_sec = (time_t)s};

    until.tv_nsec = (long)((s - (double)until.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
           EINTR) {
    }
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;

    return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
    static const char block[4096] = "F";
    unsigned long count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    double rate = argc == 4 ? strtod(argv[3], NULL) : 0;
    double *took;
    double begun;
    int fd;

    if (count == 0 || count > 1000000 || rate < 0) {
        fprintf(stderr, "usage: lt-bench-fsync FILE COUNT RATE\n");
        return 1;
    }
    took = calloc(count, sizeof(*took));
    fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (took == NULL || fd < 0) {
        perror(argv[1]);
        free(took);
        return 1;
    }
    begun = now_s();
    for (unsigned long i = 0; i < count; i++) {
        double before;

        if (rate > 0) {
            sleep_until(begun + (double)i / rate);
        }
        if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block)) {
            perror(argv[1]);
            return 1;
        }
        before = now_s();
        if (fdatasync(fd) != 0) {
            perror(argv[1]);
            return 1;
        }
        took[i] = (now_s() - before) * 1e3;
    }
    (void)close(fd);
    (void)unlink(argv[1]);
    qsort(took, count, sizeof(*took), compare);
    printf("{\"count\":%lu,\"p50_ms\":%.4f,\"p99_ms\":%.4f}\n", count,
           took[count / 2], took[count * 99 / 100]);
    free(took);
    return 0;
}
