package main

import (
	"fmt"
	"os"
	"strconv"
)

const seats = 20

type msg struct {
	left  int
	reply chan bool // nil: done
}

func arbiter(in chan msg) {
	var taken [seats]bool
	for m := range in {
		right := (m.left + 1) % seats
		if m.reply == nil {
			taken[m.left], taken[right] = false, false
		} else if taken[m.left] || taken[right] {
			m.reply <- false
		} else {
			taken[m.left], taken[right] = true, true
			m.reply <- true
		}
	}
}

func philosopher(id, rounds int, arbiter chan msg, finished chan int) {
	reply := make(chan bool, 1)
	for meals := 0; meals < rounds; {
		arbiter <- msg{id, reply}
		if <-reply {
			meals++
			arbiter <- msg{id, nil}
		}
	}
	finished <- rounds
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	table, finished := make(chan msg, 1024), make(chan int, seats)
	go arbiter(table)
	for i := 0; i < seats; i++ {
		go philosopher(i, n, table, finished)
	}
	sum := 0
	for i := 0; i < seats; i++ {
		sum += <-finished
	}
	fmt.Println(sum)
}
