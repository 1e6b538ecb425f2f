/* lienthong: the tool. Everything is in tool.c and the cmd_*.c files. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/crypto.h"
#include "common/failpoint.h"
#include "tools/tool.h"

int main(int argc, char **argv)
{
    int code;

    umask(0077);
    /* A reader that goes away ends `log --follow` quietly. */
    signal(SIGPIPE, SIG_DFL);
    if (lt_crypto_start() != LT_OK) {
        return lt_err_exit(LT_ECRYPTO);
    }
#ifdef LT_TEST_HOOKS
    /* What is meant for a daemon is none of the tool's business. */
    if (lt_failpoint_start(getenv("LIENTHONG_FAILPOINT"),
                           getenv("LIENTHONG_TOOL_PLANT"), NULL) != LT_OK) {
        return lt_err_exit(LT_ECONFIG);
    }
#endif
    code = lt_tool_main(argc, argv, stdout, stderr);
    lt_crypto_stop();
    return code;
}
