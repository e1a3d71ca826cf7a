-module(philosophers).
-export([main/1]).

-define(SEATS, 20).

arbiter(Taken) ->
    receive
        {hungry, Who, Left} ->
            Right = (Left + 1) rem ?SEATS,
            case element(Left + 1, Taken) orelse element(Right + 1, Taken) of
                true ->
                    Who ! denied,
                    arbiter(Taken);
                false ->
                    Who ! eat,
                    arbiter(setelement(Right + 1, setelement(Left + 1, Taken, true), true))
            end;
        {done, Left} ->
            Right = (Left + 1) rem ?SEATS,
            arbiter(setelement(Right + 1, setelement(Left + 1, Taken, false), false))
    end.

philosopher(_, Rounds, Rounds, _, Main) -> Main ! {finished, Rounds};
philosopher(Id, Meals, Rounds, Arbiter, Main) ->
    Arbiter ! {hungry, self(), Id},
    receive
        denied -> philosopher(Id, Meals, Rounds, Arbiter, Main);
        eat ->
            Arbiter ! {done, Id},
            philosopher(Id, Meals + 1, Rounds, Arbiter, Main)
    end.

main(Args) -> spawn(fun() -> run(Args) end).

run([A]) ->
    N = list_to_integer(A),
    Main = self(),
    Arbiter = spawn_link(fun() -> arbiter(erlang:make_tuple(?SEATS, false)) end),
    [spawn(fun() -> philosopher(I, 0, N, Arbiter, Main) end) || I <- lists:seq(0, ?SEATS - 1)],
    Sum = lists:sum([receive {finished, R} -> R end || _ <- lists:seq(1, ?SEATS)]),
    io:format("~w~n", [Sum]),
    halt(0).
