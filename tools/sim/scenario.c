/* All scenarios, by name. */
#include <stdio.h>
#include <string.h>

#include "tools/sim/many.h"
#include "tools/sim/scene.h"

const struct scene *scene_at(size_t index)
{
    static const struct scene *const tables[] = {
        scenes_of_recovery,  scenes_of_disks, scenes_of_links,
        scenes_of_hostility, scenes_of_ways,  scenes_of_rot,
        scenes_of_trust,
        scenes_of_tree,      scenes_of_regions};

    for (size_t t = 0; t < LT_COUNT_OF(tables); t++) {
        for (const struct scene *scene = tables[t]; scene->name != NULL;
             scene++) {
            if (index-- == 0) {
                return scene;
            }
        }
    }
    return NULL;
}

static bool play(const struct sim_command *command, const struct scene *scene)
{
    struct sim_result result;
    uint64_t seed = command->chosen_n > 0 ? command->chosen[0] : 1;

    if (!scene_play(scene, seed, &command->run, &result)) {
        printf("FAIL lienthong-sim --scenario %s: %s\n", scene->name,
               result.failure);
    } else {
        printf("%s: %s\n", scene->name, scene->what);
    }
    fflush(stdout);
    return result.ok;
}

bool sim_scenarios(const struct sim_command *command)
{
    const char *name = command->scenario;
    const struct scene *scene;
    unsigned played = 0;
    unsigned failed = 0;

    if (lt_crypto_start() != LT_OK) {
        return false;
    }
    for (size_t i = 0; (scene = scene_at(i)) != NULL; i++) {
        if (strcmp(name, "list") == 0) {
            printf("%-34s %s%s\n", scene->name, scene->what,
                   scene->slow ? " (slow)" : "");
        } else if (strcmp(name, scene->name) == 0 || strcmp(name, "all") == 0 ||
                   (strcmp(name, "short") == 0 && !scene->slow)) {
            played++;
            failed += !play(command, scene);
        }
    }
    lt_crypto_stop();
    if (strcmp(name, "list") == 0) {
        return true;
    }
    printf("%u scenarios, %u failed\n", played, failed);
    return played > 0 && failed == 0;
}
