main:
  check   ; resume point 0, live:
  start.0 = (chan 3)   ; throws at 1
  .2 = closure start.0
  .1 =  .2
  (for-each .1 (1 2 3))   ; resume point 2, live: start.0
  (close! start.0)   ; throws at 3
  .5 = (row 10 start.0)   ; resume point 4, live:
  .4 = (chan->list .5)   ; resume point 5, live:
  .3 = (sum-squares .4)   ; resume point 6, live:
  (print-line .3)   ; throws at 7
  return nil
lambda n.0:
  .2 = (send! start.1 n.0)   ; resume point 0, live:
  return .2
sum-squares xs.0:
  tail (fold #'lambda 0 xs.0)
lambda sum.0 x.1:
  .2 = (%mul x.1 x.1)   ; throws at 0
  .3 = (%add sum.0 .2)   ; throws at 1
  return .3
row count.0 in.1:
  goto row_1 count.0 in.1
row_1 count.2 in.3: (loop)
  check   ; resume point 0, live: count.2 in.3
  .4 = (%equal count.2 0)
  if .4
    goto then_2
  else
    goto else_3
then_2:
  return in.3
else_3:
  out.5 = (chan)   ; throws at 1
  .7 = closure in.3 out.5
  .6 =  .7
  (%spawn .6)
  .8 = (%sub count.2 1)   ; throws at 2
  goto row_1 .8 out.5
lambda:
  check   ; resume point 0, live: in.0 out.1
  tail (relay in.0 out.1)
relay in.0 out.1:
  .3 = (recv! in.0)   ; resume point 0, live: in.0 out.1
  goto loop_2 .3
loop_2 n.2: (loop)
  check   ; resume point 1, live: in.0 out.1 n.2
  if n.2
    goto then_3
  else
    goto else_4
then_3:
  .4 = (%add n.2 1)   ; throws at 2
  (send! out.1 .4)   ; resume point 3, live: in.0 out.1
  .5 = (recv! in.0)   ; resume point 4, live: in.0 out.1
  goto loop_2 .5
else_4:
  goto join_1
join_1:
  .6 = (close! out.1)   ; throws at 5
  return .6
