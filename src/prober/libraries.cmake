target_link_libraries(apiary_prober ${scope} PkgConfig::LIBPCRE2)  # Nmap's expressions
