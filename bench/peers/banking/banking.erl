-module(banking).
-export([main/1]).

-define(ACCOUNTS, 1000).

account(Total) ->
    receive
        {debit, N, To, Teller} ->
            Ref = make_ref(),
            To ! {credit, N, self(), Ref},
            receive {Ref, ok} -> ok end,
            Teller ! done,
            account(Total - N);
        {credit, N, From, Ref} ->
            From ! {Ref, ok},
            account(Total + N);
        {balance, From} ->
            From ! {balance, Total},
            account(Total)
    end.

send(_, N, N) -> ok;
send(All, I, N) ->
    Half = ?ACCOUNTS div 2,
    element(I * 7 rem Half + 1, All) ! {debit, 1, element(Half + I * 13 rem Half + 1, All), self()},
    send(All, I + 1, N).

wait(0) -> ok;
wait(N) -> receive done -> wait(N - 1) end.

main(Args) -> spawn(fun() -> run(Args) end).

run([A]) ->
    N = list_to_integer(A),
    All = list_to_tuple([spawn_link(fun() -> account(1000) end) || _ <- lists:seq(1, ?ACCOUNTS)]),
    send(All, 0, N),
    wait(N),
    Sum = lists:sum([begin P ! {balance, self()}, receive {balance, B} -> B end end || P <- tuple_to_list(All)]),
    io:format("~w ~w~n", [Sum, N]),
    halt(0).
