target_link_libraries(apiary_device ${scope} PkgConfig::LIBPCAP   # capture files
                                            PkgConfig::LIBNFTNL PkgConfig::LIBMNL  # IngressFilter
                                            PkgConfig::LIBXDP PkgConfig::LIBBPF)  # AF_XDP
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/device/capture_file.cc PROPERTIES
                            SKIP_UNITY_BUILD_INCLUSION ON)  # libpcap has the names of <linux/bpf.h>
