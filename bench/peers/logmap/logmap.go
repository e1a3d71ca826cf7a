package main

import (
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
)

const series = 100

type request struct {
	x     float64
	reply chan float64
}

func computer(rate float64, in chan request) {
	for r := range in {
		r.reply <- rate * r.x * (1.0 - r.x)
	}
}

func run(n, i int, done chan float64) {
	in, reply := make(chan request, 1), make(chan float64, 1)
	go computer(3.46+float64(i)*0.0025, in)
	x := 0.5
	for ; n > 0; n-- {
		in <- request{x, reply}
		x = <-reply
	}
	done <- x
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	done := make(chan float64)
	for i := 0; i < series; i++ {
		go run(n, i, done)
	}
	all := make([]float64, series)
	for i := range all {
		all[i] = <-done
	}
	sort.Float64s(all)
	sum := 0.0
	for _, x := range all {
		sum += x
	}
	fmt.Println(int(math.RoundToEven(1000000 * sum)))
}
