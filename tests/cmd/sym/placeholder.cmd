echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' >System.map-6.1; kimg sym --map System.map-6.1 _text
