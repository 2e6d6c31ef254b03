package bench

import (
	"fmt"
	"strings"
)

// frigateStats is what a Frigate tells of itself each minute: the more cameras, the longer.
func frigateStats(cameras int) []byte {
	each := make([]string, cameras)
	for i := range each {
		each[i] = fmt.Sprintf(`"camera_%d":{"camera_fps":5.1,"process_fps":5.0,"skipped_fps":0.0,"detection_fps":3.2,"detection_enabled":true,"pid":%d,`+
			`"capture_pid":%d,"ffmpeg_pid":%d,"audio_rms":0.0,"audio_dBFS":0.0,"connection_quality":"excellent","expected_fps":5,`+
			`"reconnects_last_hour":0,"stalls_last_hour":0}`, i+1, 500+i, 600+i, 700+i)
	}
	return []byte(`{"cameras":{` + strings.Join(each, ",") + `},"detectors":{"ov":{"inference_speed":8.1,"detection_start":0.0,"pid":400}},` +
		`"camera_fps":40.8,"process_fps":40.0,"skipped_fps":0.0,"detection_fps":25.6,"cpu_usages":{"frigate.full_system":{"cpu":"21.4","mem":"38.0"}},` +
		`"service":{"uptime":86400,"version":"0.18.0","latest_version":"0.18.0","storage":{"/media/frigate/recordings":` +
		`{"total":3800000.0,"used":1900000.0,"free":1900000.0,"mount_type":"ext4"},"/dev/shm":{"total":128.0,"used":27.0,"free":101.0,"mount_type":"tmpfs"}},` +
		`"last_updated":1795396499}}`)
}
