target_link_libraries(apiary_device ${scope} PkgConfig::LIBPCAP   # capture files
                                            PkgConfig::LIBNFTNL PkgConfig::LIBMNL)  # IngressFilter
