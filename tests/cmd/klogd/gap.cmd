printf '6,7,1,-;a\n6,9,2,-;b\n6,20,3,-;c\n6,3,4,-;another boot\n' | kimg klogd --input - --file -
