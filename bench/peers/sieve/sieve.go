package main

import (
	"fmt"
	"os"
	"strconv"
)

const most = 100

type msg struct {
	n     int // a candidate; 0: the end, with the sum so far
	total int
}

func part(prime int, in chan msg, done chan int) {
	primes := make([]int, 1, most)
	primes[0] = prime
	var next chan msg
	for m := range in {
		if m.n == 0 {
			sum := m.total + len(primes)
			if next != nil {
				next <- msg{total: sum}
			} else {
				done <- sum
			}
			return
		}
		divisible := false
		for _, p := range primes {
			if m.n%p == 0 {
				divisible = true
				break
			}
		}
		switch {
		case divisible:
		case len(primes) < most:
			primes = append(primes, m.n)
		case next != nil:
			next <- m
		default:
			next = make(chan msg, 1024)
			go part(m.n, next, done)
		}
	}
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	two, done := make(chan msg, 1024), make(chan int)
	go part(2, two, done)
	for i := 3; i < n; i += 2 {
		two <- msg{n: i}
	}
	two <- msg{}
	fmt.Println(<-done)
}
