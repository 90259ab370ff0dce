cat $SAMPLES/oops/x86_64-6.12-null.log >log; : >out; kimg oops --no-search --titles --follow log >out & until grep -q null-pointer out; do sleep 0.1; done; kill -TERM %1; wait %1; echo $?
