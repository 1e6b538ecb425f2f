#include "common/tried.h"

const char *lt_tried_what_word(uint8_t what)
{
    static const char *const words[] = {[LT_TRIED_DIAL] = "dial",
                                        [LT_TRIED_CALL] = "call",
                                        [LT_TRIED_SESSION] = "session"};

    return what < LT_COUNT_OF(words) ? words[what] : "unknown";
}

const char *lt_tried_result_word(uint8_t result)
{
    static const char *const words[LT_TRIED_RESULTS] = {
        [LT_TRIED_REFUSED] = "refused",
        [LT_TRIED_NO_ROUTE] = "no_route",
        [LT_TRIED_TIMED_OUT] = "timed_out",
        [LT_TRIED_NAME_UNKNOWN] = "name_unknown",
        [LT_TRIED_HANDSHAKE_SLOW] = "handshake_slow",
        [LT_TRIED_HANDSHAKE_ENDED] = "handshake_ended",
        [LT_TRIED_NOT_OURS] = "not_ours",
        [LT_TRIED_CONNECTED] = "connected",
        [LT_TRIED_UP] = "up",
        [LT_TRIED_HELLO_REFUSED] = "hello_refused",
        [LT_TRIED_KEY_UNKNOWN] = "key_unknown",
        [LT_TRIED_NO_PROGRESS] = "no_progress",
        [LT_TRIED_PROTOCOL] = "protocol",
        [LT_TRIED_REPLACED] = "replaced",
        [LT_TRIED_LOST] = "lost",
    };

    return result < LT_TRIED_RESULTS ? words[result] : "unknown";
}
