/* One table a list. Numbers are those of proto/log.proto; the labels follow
 * the vocabulary of the laws on complaints, denunciations and reception. */
#include "common/words.h"

#include <string.h>

static const struct lt_word case_types[] = {
    {1, "complaint", "khiếu nại", "complaint"},
    {2, "recommendation", "kiến nghị", "recommendation"},
    {3, "feedback", "phản ánh", "feedback"},
    {LT_WORD_DENUNCIATION, "denunciation", "tố cáo", "denunciation"},
};

static const struct lt_word steps[] = {
    {1, "accepted", "thụ lý", "accepted"},
    {2, "not_accepted", "không thụ lý", "not accepted"},
    {3, "guided", "hướng dẫn", "guided to the right office"},
    {4, "returned", "trả lại đơn", "returned"},
    {5, "verify_assigned", "giao xác minh", "verification assigned"},
    {6, "verify_done", "có kết quả xác minh", "verification done"},
    {7, "dialogue_held", "đã đối thoại", "dialogue held"},
    {8, "extended", "gia hạn", "time extended"},
    {9, "decision_issued", "ban hành quyết định giải quyết", "decision issued"},
    {10, "decision_sent", "gửi quyết định", "decision sent"},
    {11, "decision_published", "công khai quyết định", "decision published"},
    {12, "citizen_notified", "đã thông báo cho công dân", "citizen notified"},
    {13, "note", "ghi chú", "note"},
    {30, "suspended", "tạm đình chỉ", "suspended"},
    {31, "resumed", "tiếp tục giải quyết", "resumed"},
    {32, "enforcement_ordered", "đã tổ chức thi hành", "enforcement ordered"},
    {33, "dialogue_scheduled", "hẹn đối thoại", "dialogue scheduled"},
    {34, "statement_taken", "đã ghi lời trình bày", "statement taken"},
    {35, "leader_conclusion", "kết luận của lãnh đạo", "leader's conclusion"},
    {36, "enforcement_progress", "đang thi hành", "enforcement in progress"},
    {37, "enforcement_done", "đã thi hành xong", "enforcement done"},
    {38, "transfer_sent", "chuyển cơ quan ngoài hệ thống",
     "passed to an agency without a node"},
    {39, "transfer_answered", "cơ quan đó đã trả kết quả",
     "that agency has answered"},
    {40, "reviewed", "rà soát tồn đọng", "backlog reviewed"},
};

static const struct lt_word close_reasons[] = {
    {1, "settled", "đã giải quyết", "settled"},
    {2, "not_accepted", "không thụ lý", "not accepted"},
    {3, "guided", "đã hướng dẫn", "guided to the right office"},
    {4, "returned", "đã trả đơn", "returned"},
    {5, "filed", "lưu đơn", "filed"},
    {6, "withdrawn", "đã rút đơn", "withdrawn"},
    {7, "discontinued", "đình chỉ", "discontinued"},
};

static const struct lt_word incident_ends[] = {
    {1, "received", "đã tiếp đại diện", "representatives received"},
    {2, "appointed", "đã tiếp, hẹn đối thoại", "received, dialogue appointed"},
    {3, "petition_taken", "đã nhận đơn", "petition taken"},
    {4, "left", "tự về", "left by themselves"},
    {5, "error", "báo nhầm", "raised in error"},
};

static const struct lt_word incident_ways[] = {
    {1, "screen", "trên màn hình", "on the screen"},
    {2, "phone", "qua điện thoại", "by phone"},
};

static const struct lt_word directive_codes[] = {
    {1, "01", "đã đến", "arrived"},
    {2, "02", "từ chối", "refused"},
    {3, "03", "đã tiếp nhận", "received"},
    {4, "04", "phân công", "assigned"},
    {5, "05", "đang xử lý", "in progress"},
    {6, "06", "hoàn thành", "done"},
    {13, "13", "yêu cầu lấy lại", "recall asked"},
    {15, "15", "đồng ý lấy lại", "recall agreed"},
    {16, "16", "từ chối lấy lại", "recall refused"},
};

static const struct lt_word roles[] = {
    {1, "officer", "cán bộ tiếp", "officer"},
    {2, "coordinator", "điều phối", "coordinator"},
    {3, "leader", "lãnh đạo", "leader"},
    {4, "inspector", "kiểm tra", "inspector"},
    {5, "operator", "quản trị máy", "operator"},
    {6, "system", "hệ thống", "system"},
};

static const struct lt_word bases[] = {
    {1, "phone", "qua điện thoại", "by phone"},
    {2, "paper", "theo giấy tờ", "on paper"},
    {3, "in_person", "trực tiếp", "in person"},
};

static const struct lt_word void_reasons[] = {
    {1, "mistake", "nhập nhầm", "entered by mistake"},
    {2, "doubled", "nhập trùng", "entered twice"},
    {3, "other", "lý do khác", "another reason"},
};

static const struct lt_word signer_kinds[] = {
    {1, "one", "một người ký", "one signer"},
    {2, "many", "nhiều người ký", "many signers"},
    {3, "none", "không ký tên", "not signed"},
};

static const struct lt_word accused[] = {
    {1, "here", "thuộc cơ quan này", "of this office"},
    {2, "below", "thuộc cấp dưới", "of an office below"},
    {3, "elsewhere", "thuộc nơi khác", "of another body"},
};

static const struct lt_word refusals[] = {
    {1, "not_ours", "không thuộc thẩm quyền", "not within its authority"},
    {2, "other", "lý do khác", "another reason"},
};

static const struct lt_word forecast_sources[] = {
    {1, "citizens", "công dân báo trước", "the citizens themselves"},
    {2, "reception", "tại buổi tiếp", "said at a reception"},
    {3, "agency", "cơ quan khác", "another agency"},
};

static const struct {
    const struct lt_word *words;
    size_t words_n;
} lists[LT_WORDS_LISTS] = {
#define LIST(table)                                                            \
    {                                                                          \
        table, LT_COUNT_OF(table)                                              \
    }
    [LT_WORDS_CASE_TYPE] = LIST(case_types),
    [LT_WORDS_STEP] = LIST(steps),
    [LT_WORDS_CLOSE_REASON] = LIST(close_reasons),
    [LT_WORDS_INCIDENT_END] = LIST(incident_ends),
    [LT_WORDS_INCIDENT_WAY] = LIST(incident_ways),
    [LT_WORDS_DIRECTIVE_CODE] = LIST(directive_codes),
    [LT_WORDS_ROLE] = LIST(roles),
    [LT_WORDS_BASIS] = LIST(bases),
    [LT_WORDS_VOID_REASON] = LIST(void_reasons),
    [LT_WORDS_SIGNER_KIND] = LIST(signer_kinds),
    [LT_WORDS_ACCUSED] = LIST(accused),
    [LT_WORDS_REFUSAL] = LIST(refusals),
    [LT_WORDS_FORECAST_SOURCE] = LIST(forecast_sources),
#undef LIST
};

const struct lt_word *lt_word_at(enum lt_words list, size_t index)
{
    if (list >= LT_WORDS_LISTS || index >= lists[list].words_n) {
        return NULL;
    }
    return &lists[list].words[index];
}

const struct lt_word *lt_word_by_number(enum lt_words list, uint32_t number)
{
    const struct lt_word *word;

    for (size_t i = 0; (word = lt_word_at(list, i)) != NULL; i++) {
        if (word->number == number) {
            return word;
        }
    }
    return NULL;
}

const struct lt_word *lt_word_by_word(enum lt_words list, const char *text)
{
    const struct lt_word *word;

    for (size_t i = 0; (word = lt_word_at(list, i)) != NULL; i++) {
        if (strcmp(word->word, text) == 0) {
            return word;
        }
    }
    return NULL;
}
