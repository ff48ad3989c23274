/** Everything that set-up downloads outside npm's lockfile, pinned: name, version, size and SHA-256. */

/** TensorFlow's C library comes out of the wheel of the Python package; any CPython's wheel of a platform holds the same library. */
export const TENSORFLOW_VERSION = '2.21.0';

export const TENSORFLOW_WHEELS = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    megabytes: 274,
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
};

/** The Temporal server is compiled by Go, which checks every module against the Go checksum database. */
export const TEMPORAL_VERSION = 'v1.5.1';
export const TEMPORAL_MODULE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_VERSION}`;
