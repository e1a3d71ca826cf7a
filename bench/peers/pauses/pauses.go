package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"
)

type node struct {
	slots [16]*node
}

var sink *node

func step(all []*node, i int) {
	for k := 0; k < 10; k++ {
		sink = &node{}
	}
	fresh := &node{}
	fresh.slots[0] = all[0]
	all[i*7919%len(all)] = fresh
}

func main() {
	mb, _ := strconv.Atoi(os.Args[1])
	steps, _ := strconv.Atoi(os.Args[2])
	all := make([]*node, mb*8192)
	for i := range all {
		all[i] = &node{}
		all[i].slots[0] = all[0]
	}
	took := make([]int, steps)
	for i := range took {
		start := time.Now()
		step(all, i)
		took[i] = int(time.Since(start))
	}
	sort.Ints(took)
	for _, p := range []float64{0.5, 0.99, 0.999, 1} {
		i := int(p * float64(steps))
		if i >= steps {
			i = steps - 1
		}
		fmt.Printf("%.3f ", float64(took[i])/1e6)
	}
	fmt.Println()
}
