"""What a session of run.py has found: a table, and for the README a page (results.md) and a chart (chart.svg)."""
import datetime
import math
import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = {'go': 'Go', 'erlang': 'Erlang'}


def is_run(result):
    return hasattr(result, 'cpu')


class Session:
    """The results by program, and where they were found."""

    def __init__(self, columns, cores):
        self.columns, self.cores = columns, cores
        self.rows = {}  # name: (bench, {(who, cores): Run or complaint}, remark)
        self.facts = machine_facts()

    def add(self, name, bench, found, remark):
        self.rows[name] = (bench, found, remark)

    # ---- the table ----

    def head(self):
        cells = [f'{who}, {title(n)}' for n in self.cores for who in self.columns] + [f'flc2c, {n} cores to 1' for n in self.several()]
        return f'| program | {" | ".join(cells)} | memory | remarks |\n|---|{"---:|" * len(cells)}---:|---|'

    def row(self, name):
        bench, found, remark = self.rows[name]
        cells = [self.cell(found, who, n) for n in self.cores for who in self.columns] + [self.scaling(found, n) for n in self.several()]
        ours = found.get(('flc2c', self.cores[0]))
        memory = f'{ours.rss / 2**20:.0f} MB' if is_run(ours) else '-'
        said = ', '.join(text for text in (remark, self.goal(bench, found)) if text)
        return f'| {name} {bench.size} | {" | ".join(cells)} | {memory} | {said} |'

    def cell(self, found, who, cores):
        result = found.get((who, cores))
        if not is_run(result):
            return result or '-'
        value, ratio = time_of(result, cores), self.ratio(found, who, cores)
        return f'{value:.{4 if value < 0.01 else 3}f}' + (f' (×{ratio:.2f})' if ratio and who != 'go' else '')

    def several(self):
        """The numbers of cores that are compared with one."""
        return [n for n in self.cores if n > 1] if 1 in self.cores else []

    def scaling(self, found, cores):
        """How many times less wall time than on one core; below 1: more."""
        one, several = found.get(('flc2c', 1)), found.get(('flc2c', cores))
        return f'{one.wall / several.wall:.2f}' if is_run(one) and is_run(several) else '-'

    def ratio(self, found, who, cores):
        """To Go; None: there is none."""
        result, go = found.get((who, cores)), found.get(('go', cores))
        return time_of(result, cores) / time_of(go, cores) if is_run(result) and is_run(go) and time_of(go, cores) > 0 else None

    def goal(self, bench, found):
        ratio = self.ratio(found, 'flc2c', 1)
        return f'goal ×{bench.goal:g}{"" if ratio <= bench.goal else " missed"}' if bench.goal and ratio else ''

    # ---- files ----

    def write(self, folder):
        (folder / 'results.md').write_text(self.page())
        (folder / 'chart.svg').write_text(chart([(name, self.ratio(found, 'flc2c', 1)) for name, (_, found, _) in self.rows.items()]))

    def page(self):
        facts = '\n'.join(f'- {key}: {value}' for key, value in self.facts.items())
        table = '\n'.join([self.head(), *(self.row(name) for name in self.rows)])
        return f"""# Benchmarks

Made by `./dev bench --write` (see the head of [run.py](run.py)); the programs are those of this folder. On one core, to which they
are pinned, the CPU seconds (user and system) are given, on several cores the wall time; × is the ratio to Go. "2 cores to 1" is the wall
time on one core divided by that on two: above 1 is faster. All programs of a row ran by turns in one session; figures are medians.
Memory is the peak of the resident set on one core. A goal is the ratio to Go that the project wants to stay below; [profiles.md](profiles.md)
says why some are missed.

{facts}

![CPU time on one core as a ratio to Go](chart.svg)

{table}
"""


def title(cores):
    return 'CPU s on 1 core' if cores == 1 else f'wall s on {cores} cores'


def time_of(run, cores):
    return run.cpu if cores == 1 else run.wall


# ---- facts ----

def first_line(*command):
    try:
        r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return None
    return r.stdout.strip().split('\n')[0]


def machine_facts():
    cpu = next((line.split(':')[1].strip() for line in Path('/proc/cpuinfo').read_text().split('\n') if line.startswith('model name')),
               platform.machine())
    facts = {
        'date': datetime.date.today().isoformat(),
        'processor': f'{cpu}, {os.cpu_count()} cores, virtual machine' if 'hypervisor' in Path('/proc/cpuinfo').read_text() else
                     f'{cpu}, {os.cpu_count()} cores',
        'memory': f'{os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30:.0f} GiB',
        'system': f'Linux {platform.release()}',
        'flc2c': first_line('git', '-C', str(ROOT), 'log', '-1', '--format=%h %ad', '--date=short'),
        'C compiler': first_line('cc', '--version'),
        'Go': first_line('go', 'version'),
        'Erlang': first_line('erl', '-noshell', '-eval', 'io:format("~s~n", [erlang:system_info(otp_release)]), halt().'),
        'load when it began': f'{os.getloadavg()[0]:.2f}',
    }
    return {key: value for key, value in facts.items() if value}


# ---- the chart ----

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 110, 60, 22, 46
LEAST, MOST = 1 / 16, 4  # ratios shown; the axis is logarithmic


def x_of(ratio):
    part = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def chart(ratios):
    """Bars from the line of Go: to the left less CPU time, to the right more."""
    shown = [(name, r) for name, r in ratios if r]
    height = TOP + ROW * len(shown) + 14
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
             '<text x="12" y="18" font-weight="bold">CPU time on one core, as a ratio to Go (shorter to the left is faster)</text>']
    for tick in (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4):
        x, label = x_of(tick), f'{tick:g}' if tick >= 1 else f'1/{1 / tick:.0f}'
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 10}" stroke="{"#444" if tick == 1 else "#ddd"}"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP - 10}" fill="#666" font-size="11" text-anchor="middle">{"Go" if tick == 1 else label}</text>')
    for i, (name, ratio) in enumerate(shown):
        y, x, one = TOP + ROW * i, x_of(ratio), x_of(1)
        colour = '#2a7f62' if ratio <= 1 else '#b5523b'
        parts.append(f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{name}</text>')
        parts.append(f'<rect x="{min(x, one):.1f}" y="{y + 3}" width="{max(abs(x - one), 1):.1f}" height="{ROW - 8}" fill="{colour}"/>')
        anchor, at = ('end', x - 4) if ratio <= 1 else ('start', x + 4)
        parts.append(f'<text x="{at:.1f}" y="{y + 14}" font-size="11" text-anchor="{anchor}">{ratio:.2f}</text>')
    return '\n'.join([*parts, '</svg>']) + '\n'
