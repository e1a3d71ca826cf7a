%% pauses MEGABYTES STEPS: as bench/pauses.flu. One process holds all; its tuples lie in an array (the library's tree), as no
%% term can be changed.
-module(pauses).
-export([main/1]).

-define(SLOTS, 14).

make_node(I) -> erlang:make_tuple(?SLOTS, I).

step(All, I) ->
    lists:foreach(fun(K) -> make_node(K) end, lists:seq(0, 9)),
    array:set(I * 7919 rem array:size(All), make_node(I), All).

steps(_, I, I, Took) -> Took;
steps(All, I, Steps, Took) ->
    Start = erlang:monotonic_time(nanosecond),
    Next = step(All, I),
    steps(Next, I + 1, Steps, [erlang:monotonic_time(nanosecond) - Start | Took]).

percentile(Sorted, P) ->
    Size = tuple_size(Sorted),
    element(min(Size - 1, round(P * Size)) + 1, Sorted) / 1.0e6.

main([Megabytes, Steps]) ->
    Count = list_to_integer(Megabytes) * 8192,
    All = lists:foldl(fun(I, A) -> array:set(I, make_node(I), A) end, array:new(Count), lists:seq(0, Count - 1)),
    Sorted = list_to_tuple(lists:sort(steps(All, 0, list_to_integer(Steps), []))),
    io:format("~w ~w ~w ~w~n", [percentile(Sorted, P) || P <- [0.5, 0.99, 0.999, 1]]),
    halt().
