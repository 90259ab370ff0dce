kimg config missing
