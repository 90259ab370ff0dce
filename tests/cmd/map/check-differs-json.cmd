m(){ printf "%016x T f%d\n" $(for i in {1..30}; do echo $((0xffffffff81000000+$1+$2*i)) $i; done); }; m 0 64 >map; m 0 48 | head -n 22 >kernel; kimg map --check --json=short map kernel
