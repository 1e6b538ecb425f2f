/* The options that the three lists share, for a row of lt_tool_command. */
#define LT_TOOL_LIST_OPTIONS                                                   \
    {                                                                          \
        {"open", LT_TOOL_FLAG, "", "ui_opt_open", false},                      \
        {"closed", LT_TOOL_FLAG, "", "ui_opt_closed", false},                  \
        {"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_office", false},            \
        {"since", LT_TOOL_DAY, "D", "ui_opt_since", false},                   \
        {"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},                 \
        {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false},              \
    }
