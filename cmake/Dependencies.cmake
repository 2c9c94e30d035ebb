# Every library that we use, and its purpose. tools/install_dependencies has their packages.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)             # text
find_package(spdlog REQUIRED)          # the operator's log; below the I/O line only
find_package(CLI11 REQUIRED)           # the command line
find_package(tl-expected REQUIRED)     # a value or an error
find_package(tsl-robin-map REQUIRED)   # hash tables
find_package(nlohmann_json REQUIRED)   # output for programs
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent)    # waiting, streams, signals
pkg_check_modules(LIBPCAP REQUIRED IMPORTED_TARGET libpcap)      # capture files, packet filters
pkg_check_modules(LIBNFTNL REQUIRED IMPORTED_TARGET libnftnl)    # nftables: rules and sets, in transactions
pkg_check_modules(LIBMNL REQUIRED IMPORTED_TARGET libmnl)        # the netlink messages that libnftnl fills
pkg_check_modules(LIBXDP REQUIRED IMPORTED_TARGET libxdp)        # the rings of AF_XDP sockets
pkg_check_modules(LIBBPF REQUIRED IMPORTED_TARGET libbpf)        # XDP programs and their maps
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)       # the store of events
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)        # SHA-1 for community ids, SHA-256 of files
pkg_check_modules(LIBPCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)  # the expressions of nmap-service-probes
find_package(ZLIB REQUIRED)            # the dashboard's files, for clients without gzip
pkg_check_modules(LIBCAPNG REQUIRED IMPORTED_TARGET libcap-ng)   # dropping privileges
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)  # which system calls services may make
if(APIARY_TESTS)
  find_package(GTest REQUIRED)
endif()
if(APIARY_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
