/* The options that the three lists share, for a row of lt_tool_command. */
#define LT_TOOL_LIST_SHARED                                                    \
        {"open", LT_TOOL_FLAG, "", "ui_opt_open", false},                      \
        {"closed", LT_TOOL_FLAG, "", "ui_opt_closed", false},                  \
        {"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_office", false},            \
        {"since", LT_TOOL_DAY, "D", "ui_opt_since", false},                   \
        {"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},                 \
        {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false},
#define LT_TOOL_LIST_OPTIONS                                                   \
    {                                                                          \
        LT_TOOL_LIST_SHARED                                                    \
    }
#define LT_TOOL_CASE_LIST_OPTIONS                                              \
    {                                                                          \
        {"overdue", LT_TOOL_FLAG, "", "ui_opt_overdue", false},                \
        {"owed", LT_TOOL_FLAG, "", "ui_opt_owed", false},                      \
        {"tasks", LT_TOOL_FLAG, "", "ui_opt_tasks", false},                    \
        {"reviewed", LT_TOOL_FLAG, "", "ui_opt_reviewed", false},              \
        {"due-soon", LT_TOOL_FLAG, "", "ui_opt_due_soon", false},              \
        {"about", LT_TOOL_TEXT, "WHAT", "ui_opt_about", false},                \
        LT_TOOL_LIST_SHARED                                                    \
    }
