package main

import (
	"fmt"
	"os"
	"strconv"
)

const accounts = 1000

type kind int

const (
	debit kind = iota
	credit
	balance
)

type msg struct {
	kind   kind
	amount int
	to     chan msg
	reply  chan int
}

func account(in chan msg, total int) {
	reply := make(chan int, 1)
	for m := range in {
		switch m.kind {
		case debit:
			total -= m.amount
			m.to <- msg{kind: credit, amount: m.amount, reply: reply}
			<-reply
			m.reply <- 1
		case credit:
			total += m.amount
			m.reply <- 1
		case balance:
			m.reply <- total
		}
	}
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	var all [accounts]chan msg
	for i := range all {
		all[i] = make(chan msg, 1024)
		go account(all[i], 1000)
	}
	done := make(chan int, 1024)
	const half = accounts / 2
	go func() {
		for i := 0; i < n; i++ {
			all[i*7%half] <- msg{kind: debit, amount: 1, to: all[half+i*13%half], reply: done}
		}
	}()
	for i := 0; i < n; i++ {
		<-done
	}
	sum := 0
	for _, a := range all {
		a <- msg{kind: balance, reply: done}
		sum += <-done
	}
	fmt.Println(sum, n)
}
