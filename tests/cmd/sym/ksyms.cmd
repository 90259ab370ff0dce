printf 'c8830060 f_R1b7d4074\t[n]\nc8830060 __insmod_n_S.text_L64\t[n]\nc01152d0 printk_R1b7d4074\nc01152e0 panic_R01234567\n' >ksyms; kimg sym --map ksyms f printk c01152d8 printk_R1b7d4074
