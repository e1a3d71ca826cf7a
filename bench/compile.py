#!/usr/bin/env python3
"""Measures flc2c itself: source lines a second, from source text to C.

./dev bench compile [--lines N] [--runs N] [--print]

The program is made up of procedures of many kinds, as people write them; all are called, so every line is compiled and printed.
It has no blank lines and few comments. The figure is of CPU seconds (user and system) on one core, the best of some runs, with
#line directives on, as by default. --print writes the program to standard output instead.
"""
import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLC2C = os.environ.get('FLC2C') or ROOT / 'build/transpiler/flc2c'

WORDS = ('account batch buffer cache client cost delta entry event field frame group header index item job key level '
         'limit line log meter message node offset order page part path point price queue rate report request result route '
         'row score section sensor session size source state step stock stream table tag target task time token total track '
         'unit user value weight window word worker zone').split()

# $f: the procedure's own name, unique; $g $h: procedures of one argument defined before; $a to $e: words; $1 to $4: numbers; $s $t: texts.
# The first line of each is (define (NAME params) ...; the number says how many arguments.
TEMPLATES = [
    (1, '''(define ($f $a)
  "The $b of a $a, by $s."
  (let* (($b (+ $a $1))
         ($c (* $b (- $a $2)))
         ($d (mod (+ $b $c) $3)))
    (cond
      ((< $d $1) (+ $b $d))
      ((= $d $2) ($g $c))
      ((and (> $b 0) (not (= $c $d))) (- $c $b))
      (else (max $b $c $d)))))'''),
    (1, '''(define ($f $a)
  (let loop (($b 0) ($c $1) ($d ()))
    (if (>= $b (min $c (abs $a)))
        (reverse $d)
        (loop (+ $b 1)
              $c
              (if (even? (+ $b $2))
                  (cons ($g $b) $d)
                  $d)))))'''),
    (1, '''(define ($f $a)
  (match $a
    (0 "$s")
    ((when $b (and (int? $b) (< $b 0))) (str "$t " $b))
    (1..=$4 :$c)
    ((? string? $d) (str "$s" $d))
    ([] ())
    ([$b] (list $b $1))
    ([$b $c ...$d] (cons (list $b $c) $d))
    ({:$b $c :kind $d} (str $c " of " $d))
    (_ ($g $1))))'''),
    (1, '''(define-async $f ($a)
  (let (($b (spawn ($g $a)))
        ($c (async ($h (+ $1 $2)))))
    (sleep 0)
    (try
      (list (await $b) (await $c))
      (catch (error 'timeout $d)
        (print-line "$s" (error-message $d))
        nil)
      (catch $e
        [$a $e :$d]))))'''),
    (1, '''(define ($f $a)
  (let (($b (chan $1))
        ($c (chan $1)))
    (spawn
      (do
        (dotimes ($d 3)
          (send! $b (* $d $2)))
        (close! $b)))
    (select
      ((recv! $b) (fn ($d) (str "$s " $d)))
      ((recv! $c) (fn ($e) (if (nil? $e) ($g $3) $e)))
      (timeout $4
        (print-line "$t")
        ($h $1)))))'''),
    (1, '''(define ($f $a)
  (let (($b {:title "$s" :$c $1 :$d [$2 $3 $4]})
        ($e (str "$t-" $a "-$c")))
    (-> $b
        (dict-set :$a (string-length $e))
        (dict-set "$e" (string-upcase $e))
        (dict-update :$c inc)
        (dict-get :$c))))'''),
    (1, '''(define ($f $a)
  (->> (range 1 (+ $1 (mod $2 7)))
       (map (fn ($b) (* $b $3)))
       (filter (lambda ($c) (> $c $2)))
       (fold (lambda ($d $e) (+ $d $e)) 0)))'''),
    (2, '''(define ($f $a &optional ($b $1))
  (if (or (nil? $a) (= $b 0))
      (error '$c-missing "$s" {:$a $a :$b $b})
      (let (($c (if (int? $a) ($g $a) $1))
            ($d (- $b $2)))
        (when (> $d $3)
          (print-line "$t:" $c $d)
          ($h $d))
        [$c $d (str $a)])))'''),
    (1, '''(define ($f $a)
  (define ($b $c)
    (if (<= $c 1) $1 (* $c ($b (- $c 1)))))
  (define ($d $c $e)
    (+ ($b $c) ($b $e)))
  (try
    ($d (mod $1 9) (mod $2 9))
    (catch (error 'type-error $e)
      (print-line "$s" (error-kind $e))
      $3)
    (finally
      (print-line "$t" $a))))'''),
    (1, '''(define ($f $a)
  (let (($b $1)
        ($c 0)
        ($d (make-vector 8 0)))
    (while (< $c 8)
      (set! $b (mod (+ (* $b $2) $3) 1009))
      (vector-set! $d $c $b)
      (set! $c (+ $c 1)))
    (let (($e (fn ($a) (set! $b (+ $b $a)) $b)))
      ($e $4)
      (+ (vector-ref $d 0) (vector-ref $d 7) ($e $1)))))'''),
    (3, '''(define ($f $a $b $c)
  (let* (($d (sqrt (+ (* 1.5 1.5) $1.25)))
         ($e (* $d (/ $2.0 3.5))))
    (if (< $e $3.5)
        (* 2.0 (- $e $d))
        (+ $e (* 0.5 $d) ($g $4)))))'''),
    (1, '''(define ($f $a)
  (case $a
    (($1 $2) "$s")
    ((:$b :$c) (list '$b '($c $d) `($e ,$a ,@(list $3 $4))))
    ("$t" ($g $2))
    (else
      (for-each (fn ($b)
                  (unless (= $b $3)
                    (print $b "")))
                [$1 $2 $3])
      (print-line)
      nil)))'''),
    (1, '''(define ($f $a)
  ; a small pipeline of tasks
  (let* (($b (chan))
         ($c (map (fn ($d) (spawn (send! $b ($g $d)))) [$1 $2 $3]))
         ($e (let loop (($d 0) (sum ()))
               (if (= $d 3)
                   sum
                   (loop (+ $d 1) (cons (recv! $b) sum))))))
    (await (promise-all $c))
    (if (empty? $e)
        "$s"
        (first (sort-by (fn ($d) (repr $d)) $e)))))'''),
    (2, '''(define ($f $a $b)
  (let (($c (string-split "$s,$t" ","))
        ($d (string-join "-" (list "$a" (str $a) (str $b)))))
    (cond
      ((string-contains? $d "$b") (string-length $d))
      ((any? (fn ($e) (= $e $d)) $c)
       (first $c))
      ((and (list? $c) (> (length $c) $1))
       (apply str (map string-upcase $c)))
      (else
       (assert (not (nil? $d)) "$t")
       (str $d (string-slice $d 0 1))))))'''),
]

RECORD = '''(define-record $f-info ($a $b))
(define ($f $a)
  (let (($c ($f-info $a $1)))
    (+ ($f-info-$b $c)
       ($f-info-$b ($f-info-with $c :$b $2)))))'''

VARIANT = '''(define-type $F-kind ($Flat $a) ($Fpair $a $b) $Fnone)
(define ($f $a)
  (match (if (int? $a) ($Flat $a) $Fnone)
    (($Flat $c) (list $c $1))
    (($Fpair $c $d) (list $d $c))
    ($Fnone nil)))'''


class Program:
    """Text of about so many lines; the same for the same seed."""

    def __init__(self, lines, seed=1):
        self.random = random.Random(seed)
        self.lines = []
        self.known = ['identity', 'str']  # procedures of one argument
        number = 0
        while len(self.lines) < lines:
            self.add_procedure(number)
            number += 1

    def add_procedure(self, number):
        pick = self.random
        a, b, c, d, e = pick.sample(WORDS, 5)
        f = f'{a}-{b}-{number}'
        params, text = self.template()
        slots = {'$Flat': f'One{number}', '$Fpair': f'Two{number}', '$Fnone': f'None{number}', '$F': f'Kind{number}',
                 '$f': f, '$g': pick.choice(self.known[-40:]), '$h': pick.choice(self.known[-40:]),
                 '$a': a, '$b': b, '$c': c, '$d': d, '$e': e,
                 '$s': ' '.join(pick.sample(WORDS, 2)), '$t': ' '.join(pick.sample(WORDS, 3))}
        slots |= {f'${i}': str(pick.randrange(2, 100)) for i in range(1, 5)}
        for slot, value in slots.items():
            text = text.replace(slot, value)
        self.lines += text.split('\n')
        if params == 1:
            self.known.append(f)
        self.lines.append(f'(print-line "{f}" ({f}{" 3" * params}))')

    def template(self):
        n = self.random.randrange(len(TEMPLATES) * 4 + 2)
        return (1, RECORD) if n == 0 else (1, VARIANT) if n == 1 else TEMPLATES[n % len(TEMPLATES)]

    def text(self):
        return '\n'.join(self.lines) + '\n'


def cpu_seconds(source, output):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([FLC2C, source, '-o', output], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(prog='./dev bench compile', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--lines', type=int, default=100000)
    parser.add_argument('--runs', type=int, default=7)
    parser.add_argument('--print', action='store_true', help='print the program')
    options = parser.parse_args()
    program = Program(options.lines)
    if options.print:
        sys.stdout.write(program.text())
        return
    with tempfile.TemporaryDirectory(prefix='flu-bench-') as folder:
        source, output = Path(folder) / 'large.flu', Path(folder) / 'large.c'
        source.write_text(program.text())
        seconds = min(cpu_seconds(source, output) for _ in range(options.runs))
        size = output.stat().st_size
    lines = len(program.lines)
    print(f'{lines} lines in {seconds:.3f} s: {lines / seconds:,.0f} lines a second ({size / 1e6:.0f} MB of C)')


if __name__ == '__main__':
    main()
