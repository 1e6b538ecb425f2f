/* In small letters, with their marks. One that begins with '!' is meant with
 * its marks alone: without them it would be mistaken for a name too often.
 *
 * A text of the desk has dozens of words, and each is asked for in all lists:
 * so the lists are one table, found by the letters without marks. */
#include "common/guard_words.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const char *const forms[] = {"ông",    "bà",  "anh",   "chị", "cô",
                                    "chú",    "bác", "cậu",   "dì",  "cụ",
                                    "!dượng", "!mợ", "!thím", "!mự"};

static const char *const families[] = {
    "ân",     "âu",    "bạch",   "bàn",   "bành",  "bế",    "bùi",   "ca",
    "cà",     "cầm",   "cao",    "châu",  "chu",   "chử",   "cù",    "cung",
    "danh",   "diệp",  "doãn",   "dương", "đàm",   "đặng",  "đào",   "đậu",
    "đèo",    "điểu",  "đinh",   "đoàn",  "đỗ",    "đổng",  "đồng",  "giang",
    "giàng",  "giáp",  "hà",     "hán",   "hầu",   "hồ",    "hoàng", "hồng",
    "hứa",    "huỳnh", "khổng",  "khuất", "khúc",  "kiều",  "kim",   "ksor",
    "la",     "lã",    "lạc",    "lại",   "lâm",   "lầu",   "lê",    "lò",
    "lộc",    "lù",    "lục",    "lương", "lường", "lưu",   "lý",    "lí",
    "ma",     "mã",    "mạc",    "mai",   "mẫn",   "mùa",   "neang", "ngân",
    "nghiêm", "ngô",   "nguyễn", "nhâm",  "ninh",  "nông",  "ong",   "phạm",
    "phan",   "phí",   "phó",    "phù",   "phùng", "quách", "quan",  "quảng",
    "quàng",  "sầm",   "sơn",    "sùng",  "siu",   "tạ",    "tăng",  "thạch",
    "thái",   "thẩm",  "thân",   "thào",  "thi",   "thiều", "tiêu",  "tô",
    "tôn",    "tống",  "tòng",   "trà",   "trần",  "trang", "triệu", "trịnh",
    "trương", "từ",    "ung",    "văn",   "vàng",  "vi",    "viên",  "võ",
    "vòng",   "vũ",    "vừ",     "vương"};

static const char *const middles[] = {
    "anh",  "bá",    "bảo",   "bích",  "chí",    "công",  "diễm",  "đại",
    "đăng", "đình",  "đức",   "duy",   "gia",    "hải",   "hoài",  "hoàng",
    "hồng", "huy",   "hữu",   "khánh", "khắc",   "kiều",  "kim",   "lệ",
    "mạnh", "minh",  "mỹ",    "nam",   "ngọc",   "nhật",  "nhựt",  "như",
    "phi",  "phú",   "phúc",  "phước", "phương", "quang", "quế",   "quốc",
    "quý",  "sỹ",    "tấn",   "tất",   "thái",   "thanh", "thành", "thế",
    "thị",  "thiên", "thiện", "thu",   "thúy",   "thùy",  "tiến",  "trọng",
    "trúc", "trung", "tuấn",  "tường", "tuyết",  "tú",    "văn",   "việt",
    "vĩnh", "xuân",  "yến"};

static const char *const places[] = {
    "ấp",     "bàu",    "bến",   "biển",  "cảng",   "cầu",   "chợ",    "chùa",
    "!đảo",   "đường",  "đền",   "!đèo",  "!dốc",   "đồn",   "ga",     "giếng",
    "!gò",    "hẻm",    "!hồ",   "huyện", "kênh",   "khu",   "làng",   "lộ",
    "miếu",   "mương",  "!ngã",  "!ngõ",  "núi",    "!phố",  "phường", "quận",
    "quảng",  "rạch",   "!sông", "suối",  "!thành", "thôn",  "tỉnh",   "trạm",
    "!trại",  "trường", "!tư",   "tuyến", "viện",   "!vườn", "xã",     "!xóm",
    "!tượng", "!đài",   "thpt",  "thcs",  "!hóa",   "!hoá",  "!lăng",  "!điện"};

static const char *const units[] = {
    "cây", "con",   "đ",  "đồng", "ha",  "hộ",    "hecta", "kg",
    "km",  "m",     "m2", "m3",   "mét", "nghìn", "ngàn",  "người",
    "tấn", "triệu", "tỷ", "tỉ",   "usd", "vnd",   "vnđ"};

static const char *const titles[] = {
    "bí",   "cán",   "chánh", "chi",  "chủ",    "công", "đại",
    "đảng", "đội",   "giám",  "hiệu", "hội",    "kế",   "phó",
    "thủ",  "thanh", "tổ",    "tổng", "trưởng", "ủy",   "viện"};

static const char *const plain[] = {
    "ấy",  "bà",    "bác",  "cha",  "chị", "chồng", "chú",  "cô", "con",
    "dâu", "em",    "giáo", "giúp", "gửi", "họ",    "là",   "mẹ", "!mình",
    "này", "ngoại", "nội",  "nuôi", "ông", "rể",    "ruột", "sĩ", "số",
    "thể", "trai",  "vợ",   "xã",   "xét", "!ý"};

struct list {
    const char *const *words;
    size_t n;
};

static const struct list lists[LT_GUARD_LISTS] = {
#define LIST(words)                                                            \
    {                                                                          \
        words, LT_COUNT_OF(words)                                              \
    }
    [LT_GUARD_FORMS] = LIST(forms),     [LT_GUARD_FAMILIES] = LIST(families),
    [LT_GUARD_MIDDLES] = LIST(middles), [LT_GUARD_PLACES] = LIST(places),
    [LT_GUARD_UNITS] = LIST(units),     [LT_GUARD_TITLES] = LIST(titles),
    [LT_GUARD_PLAIN] = LIST(plain),
#undef LIST
};

enum { SLOTS = 1024 /* a power of two, of which a third is taken */ };

struct row {
    struct lt_word word;
    uint8_t lists; /* 0: nothing here */
    bool marks_alone;
};

static struct row rows[SLOTS];

/* FNV-1a. */
static size_t slot_of(const char *folded, size_t len)
{
    uint32_t hash = 2166136261U;

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (uint8_t)folded[i]) * 16777619U;
    }
    return (hash ^ hash >> 15) % SLOTS;
}

static void add(const char *text, enum lt_guard_list list)
{
    bool marks_alone = text[0] == '!';
    struct lt_word word;
    bool read = lt_word_read(text + marks_alone, &word);
    size_t at;

    assert(read);
    (void)read;
    at = slot_of(word.folded, word.len);
    while (rows[at].lists != 0) {
        at = (at + 1) % SLOTS;
    }
    rows[at] = (struct row){word, (uint8_t)(1U << list), marks_alone};
}

static void add_all(void)
{
    for (unsigned list = 0; list < LT_GUARD_LISTS; list++) {
        for (size_t i = 0; i < lists[list].n; i++) {
            add(lists[list].words[i], (enum lt_guard_list)list);
        }
    }
}

uint8_t lt_guard_lists_with(const struct lt_token *token)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint8_t found = 0;

    (void)pthread_once(&once, add_all);
    if (token->len > LT_WORD_MAX) {
        return 0;
    }
    for (size_t at = slot_of(token->folded, token->len); rows[at].lists != 0;
         at = (at + 1) % SLOTS) {
        if ((token->marked || !rows[at].marks_alone) &&
            lt_token_fits(token, &rows[at].word)) {
            found |= rows[at].lists;
        }
    }
    return found;
}
