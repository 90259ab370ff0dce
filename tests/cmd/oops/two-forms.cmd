kimg oops --titles --reports log
