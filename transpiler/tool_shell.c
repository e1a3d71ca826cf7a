/* tool_shell.c: flc2c completion: what shells need to complete the command line, and the manual page, from the tables
 * of commands and options and the text of --help. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools.h"

static void print_names(const char *(*name)(size_t), const char *between) {
    const char *word;
    for (size_t i = 0; (word = name(i)); i++) printf("%s%s", i ? between : "", word);
}

static void print_bash(void) {
    printf("# bash completion of flc2c\n"
           "_flc2c() {\n"
           "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
           "    COMPREPLY=()\n"
           "    case \"$before\" in\n"
           "        -C|-I) mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return ;;\n"
           "        -o|-MF|--junit) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
           "        completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish man' -- \"$word\"); return ;;\n"
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W '");
    print_names(option_name, " ");
    printf("' -- \"$word\")\n"
           "        return\n"
           "    fi\n"
           "    local files\n"
           "    mapfile -t files < <(compgen -f -X '!*.flu' -- \"$word\"; compgen -d -- \"$word\")\n"
           "    COMPREPLY=(\"${files[@]}\")\n"
           "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
           "        mapfile -t files < <(compgen -W '");
    print_names(command_name, " ");
    printf("' -- \"$word\")\n"
           "        COMPREPLY+=(\"${files[@]}\")\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _flc2c flc2c\n");
}

static void print_zsh(void) {
    printf("#compdef flc2c\n"
           "# zsh completion of flc2c\n"
           "local -a subcommands options\n"
           "subcommands=(");
    print_names(command_name, " ");
    printf(")\noptions=(");
    print_names(option_name, " ");
    printf(")\n"
           "case $words[CURRENT-1] in\n"
           "    -C|-I) _files -/; return ;;\n"
           "    -o|-MF|--junit) _files; return ;;\n"
           "    completion) compadd bash zsh fish man; return ;;\n"
           "esac\n"
           "if [[ $PREFIX == -* ]]; then\n"
           "    compadd -- $options\n"
           "    return\n"
           "fi\n"
           "(( CURRENT == 2 )) && compadd -- $subcommands\n"
           "_files -g '*.flu'\n");
}

static void print_fish(void) {
    const char *name;
    printf("# fish completion of flc2c\n"
           "complete -c flc2c -n '__fish_is_first_token' -a '");
    print_names(command_name, " ");
    printf("'\n");
    for (size_t i = 0; (name = option_name(i)); i++) {
        if (name[1] == '-')
            printf("complete -c flc2c -l %s\n", name + 2);
        else
            printf("complete -c flc2c -%c %s\n", name[2] ? 'o' : 's', name + 1);
    }
    printf("complete -c flc2c -n '__fish_seen_subcommand_from completion' -x -a 'bash zsh fish man'\n");
}

/* ---- the manual page ---- */

static void print_roff_line(const char *line, size_t n) {
    if (n > 0 && (line[0] == '.' || line[0] == '\'')) printf("\\&");
    for (size_t i = 0; i < n; i++) {
        if (line[i] == '\\')
            printf("\\e");
        else if (line[i] == '-')
            printf("\\-");
        else
            putchar(line[i]);
    }
    putchar('\n');
}

static bool is_heading(const char *line, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isupper((unsigned char)line[i]) && line[i] != ' ') return false;
    return n > 0 && line[0] != ' ';
}

/* Each section of the help is one of the page, as it is set there. */
static void print_sections(const char *help) {
    bool open = false;
    for (const char *line = help; *line;) {
        size_t n = strcspn(line, "\n");
        if (is_heading(line, n)) {
            printf("%s.SH %.*s\n.nf\n", open ? ".fi\n" : "", (int)n, line);
            open = true;
        } else if (open) {
            print_roff_line(line, n);
        }
        line += n + (line[n] == '\n');
    }
    printf("%s", open ? ".fi\n" : "");
}

static void print_man(void) {
    char *help = NULL;
    size_t size;
    FILE *stream = open_memstream(&help, &size);
    if (!stream) arena_out_of_memory();
    print_help(stream);
    fclose(stream);
    printf(".TH FLC2C 1 \"\" \"flc2c " FLC2C_VERSION "\" \"FluentAI\"\n"
           ".SH NAME\n"
           "flc2c \\- compiles FluentAI programs to C\n");
    print_sections(help);
    free(help);
}

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}, {"man", print_man}};

int completion_command(const driver_options *o) {
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(shells[i].name, o->files[0]) != 0) continue;
        shells[i].print();
        return STATUS_OK;
    }
    driver_error("completion: there is nothing for \"%s\"; it prints bash, zsh, fish or man", o->files[0]);
    return STATUS_USAGE;
}
