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
    {41, "task_set", "giao việc theo kết luận", "task of a conclusion"},
    {42, "task_done", "việc được giao đã xong", "task done"},
    {43, "classified", "phân loại, xử lý ban đầu", "classified"},
    {44, "linked", "liên quan hồ sơ khác", "linked with another case"},
    {45, "decision_revoked", "thu hồi, hủy bỏ quyết định", "decision revoked"},
    {46, "court_noted", "tòa án thụ lý, xét xử", "before a court"},
    {47, "withdrawn_part", "rút một phần", "withdrawn in part"},
    {48, "protection", "bảo vệ người khiếu nại, tố cáo", "protection"},
    {49, "reopened", "giải quyết lại", "opened again"},
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

static const struct lt_word requests[] = {
    {1, "opinion", "cho ý kiến", "an opinion"},
    {2, "documents", "cung cấp hồ sơ, tài liệu", "documents"},
    {3, "joint_reception", "cùng tiếp công dân", "to receive together"},
    {4, "help", "hỗ trợ cán bộ, phương tiện", "help with people or transport"},
    {5, "secondment", "biệt phái cán bộ", "a secondment of staff"},
    {6, "overdue", "giải trình việc quá hạn", "why a case is late"},
    {7, "extension", "xin gia hạn", "more time"},
    {8, "report_again", "trả lại báo cáo, đề nghị làm lại",
     "a report sent back, to be done again"},
};

static const struct lt_word replies[] = {
    {1, "done", "đã thực hiện", "done"},
    {2, "part", "thực hiện một phần", "in part"},
    {3, "refused", "không thực hiện được", "refused"},
};

static const struct lt_word notices[] = {
    {1, "report", "báo cáo", "report"},
    {2, "notice", "thông báo", "notice"},
    {3, "level_skip", "đơn vượt cấp", "petition above the competent level"},
    {4, "hotspot", "điểm nóng", "hotspot"},
    {5, "hotspot_over", "hết điểm nóng", "hotspot over"},
    {6, "reception_schedule", "lịch tiếp công dân", "schedule of receptions"},
    {7, "urging", "đôn đốc", "urging"},
};

static const struct lt_word duties[] = {
    {1, "leader", "lãnh đạo trực", "leader on duty"},
    {2, "officer", "cán bộ trực", "officer on duty"},
    {3, "guard", "bảo vệ trực", "guard on duty"},
};

static const struct lt_word presences[] = {
    {1, "present", "có mặt", "present"},
    {2, "absent", "vắng", "absent"},
    {3, "substitute", "cử người thay", "substitute sent"},
};

static const struct lt_word retaliations[] = {
    {1, "threat", "bị đe dọa", "threatened"},
    {2, "retaliation", "bị trả thù, trù dập", "retaliated against"},
    {3, "obstruction", "bị cản trở", "obstructed"},
};

static const struct lt_word retaliation_ends[] = {
    {1, "protected", "đã áp dụng biện pháp bảo vệ", "protection given"},
    {2, "passed_on", "đã chuyển cơ quan có thẩm quyền",
     "passed to the competent body"},
    {3, "unfounded", "không có căn cứ", "unfounded"},
};

static const struct lt_word notify_ways[] = {
    {1, "fetched", "công dân đến nhận", "fetched in person"},
    {2, "post", "qua bưu điện", "by post"},
    {3, "phone", "qua điện thoại", "by phone"},
    {4, "posted_up", "niêm yết công khai", "posted up"},
    {5, "online", "trực tuyến", "online"},
};

static const struct lt_word citizen_notices[] = {
    {1, "processed", "kết quả xử lý đơn", "how the letter was processed"},
    {2, "accepted", "thụ lý", "accepted"},
    {3, "not_accepted", "không thụ lý, lý do", "not accepted, and why"},
    {4, "passed_on", "chuyển đơn", "passed on"},
    {5, "extended", "gia hạn", "time extended"},
    {6, "suspended", "tạm đình chỉ", "suspended"},
    {7, "dialogue", "mời đối thoại", "dialogue"},
    {8, "decision", "quyết định, kết luận", "decision or conclusion"},
};

static const struct lt_word turns[] = {
    {1, "regular", "tiếp thường xuyên", "regular reception"},
    {2, "periodic", "tiếp định kỳ", "periodic reception"},
    {3, "unscheduled", "tiếp đột xuất", "unscheduled reception"},
    {4, "online", "tiếp trực tuyến", "online reception"},
};

static const struct lt_word turn_outcomes[] = {
    {1, "explained", "đã giải thích", "explained"},
    {2, "guided", "đã hướng dẫn", "guided to the right office"},
    {3, "petition_taken", "đã nhận đơn", "petition taken"},
    {4, "appointed", "hẹn làm việc tiếp", "appointed again"},
    {5, "refused", "từ chối tiếp theo luật", "refused as the law allows"},
};

static const struct lt_word protections[] = {
    {1, "asked", "có yêu cầu", "asked for"},
    {2, "applied", "đã áp dụng", "applied"},
    {3, "ended", "đã chấm dứt", "ended"},
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
    [LT_WORDS_REQUEST] = LIST(requests),
    [LT_WORDS_REPLY] = LIST(replies),
    [LT_WORDS_NOTICE] = LIST(notices),
    [LT_WORDS_DUTY] = LIST(duties),
    [LT_WORDS_PRESENCE] = LIST(presences),
    [LT_WORDS_RETALIATION] = LIST(retaliations),
    [LT_WORDS_RETALIATION_END] = LIST(retaliation_ends),
    [LT_WORDS_NOTIFY_WAY] = LIST(notify_ways),
    [LT_WORDS_CITIZEN_NOTICE] = LIST(citizen_notices),
    [LT_WORDS_TURN] = LIST(turns),
    [LT_WORDS_TURN_OUTCOME] = LIST(turn_outcomes),
    [LT_WORDS_PROTECTION] = LIST(protections),
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
