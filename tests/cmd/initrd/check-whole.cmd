mkdir -p t/bin t/lib/modules/6.99.0-made && cd t && printf '#!/bin/sh\n' >init && chmod +x init && cp init bin/sh && find . | LC_ALL=C sort | cpio -o -H newc --quiet >../i && kimg initrd check ../i
