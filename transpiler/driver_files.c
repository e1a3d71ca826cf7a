/* driver_files.c: the sources below a folder. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver.h"

bool is_source_name(const char *path) {
    size_t n = strlen(path);
    return n >= 4 && strcmp(path + n - 4, ".flu") == 0;
}

static int visible(const struct dirent *e) { return e->d_name[0] != '.'; }

static void add_entry(path_list *list, const char *path, source_filter *wanted) {
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        find_sources(list, path, wanted);
    else if (is_source_name(path) && (!wanted || wanted(path)))
        PUSH(list->paths, list->count, list->capacity, path);
}

void find_sources(path_list *list, const char *folder, source_filter *wanted) {
    struct dirent **entries;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') length--;
    int n = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        add_entry(list,
                  strcmp(folder, ".") == 0 ? arena_copy(name, strlen(name))
                                           : arena_printf("%.*s/%s", (int)length, folder, name),
                  wanted);
        free(entries[i]);
    }
    if (n >= 0) free(entries);
}
