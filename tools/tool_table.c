#include "tools/tool.h"

const struct lt_tool_command *lt_tool_command_at(size_t index)
{
    static const struct lt_tool_command *const tables[] = {
        lt_cmd_init,     lt_cmd_token,     lt_cmd_join,      lt_cmd_case,
        lt_cmd_reception,
        lt_cmd_incident, lt_cmd_directive, lt_cmd_period,    lt_cmd_request,
        lt_cmd_parcel,   lt_cmd_roster,   lt_cmd_summary,   lt_cmd_text,    lt_cmd_void,      lt_cmd_erase,
        lt_cmd_office,   lt_cmd_receipt,  lt_cmd_explain,   lt_cmd_status,    lt_cmd_log,
        lt_cmd_law,      lt_cmd_verify,   lt_cmd_backup,    lt_cmd_salvage,   lt_cmd_config,    lt_cmd_desk,      lt_cmd_rebuild,   lt_cmd_courier, lt_cmd_person, lt_cmd_register, lt_cmd_door,     lt_cmd_revoke,   lt_cmd_key,      lt_cmd_root,    lt_cmd_breach, lt_cmd_tree, lt_cmd_region, lt_cmd_reader, lt_cmd_standby,
        lt_cmd_completion};
    size_t t;

    for (t = 0; t < LT_COUNT_OF(tables); t++) {
        const struct lt_tool_command *row;

        for (row = tables[t]; row->name != NULL; row++) {
            if (index-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}
