mkdir -p f/sbin && printf '#!/bin/sh' > f/init && chmod 755 f f/sbin f/init && ln -s init f/x && kimg initrd create -o i --final f && kimg initrd list i
