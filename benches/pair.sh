# benches/pair.sh, sourced: two network namespaces with a veth pair between them, v0 in $a with 10.99.0.1 and v1 in $b with 10.99.0.2.
# They and the folder $scratch are gone at the end.
a=nettool-bench-a-$$ b=nettool-bench-b-$$
trap 'ip netns del $a 2>/dev/null; ip netns del $b 2>/dev/null; rm -rf "$scratch"' EXIT
ip netns add "$a"
ip netns add "$b"
ip link add v0 netns "$a" type veth peer name v1 netns "$b"
ip -n "$a" addr add 10.99.0.1/24 dev v0
ip -n "$b" addr add 10.99.0.2/24 dev v1
for end in "$a lo" "$a v0" "$b lo" "$b v1"; do ip -n "${end% *}" link set "${end#* }" up; done
in_a() { ip netns exec "$a" "$@"; }
in_b() { ip netns exec "$b" "$@"; }
