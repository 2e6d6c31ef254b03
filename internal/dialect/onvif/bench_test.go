package onvif_test

import "testing"

func BenchmarkDecode(b *testing.B) {
	feed, err := open("")
	if err != nil {
		b.Fatal(err)
	}
	const at = `{"UtcTime":"2026-11-23T01:14:58.250Z",`
	for _, c := range []struct{ name, local, payload string }{
		{"condition", "VideoSource/ImageTooBlurry/AnalyticsService/&1", at + `"Source":{"Source":"1"},"Data":{"State":"true"}}`},
		{"namespaces", "tns1:VideoSource/nvent:ImageTooBlurry/tns1:AnalyticsService/&1", at + `"Source":{"SimpleItem":[{"Name":"Source","Value":"1"}]},"Data":{"SimpleItem":[{"Name":"State","Value":"true"}]}}`},
		{"counter", "RuleEngine/CountAggregation/Counter/&1/2/Inbound", at + `"Source":{"VideoSource":"1","AnalyticsConfiguration":"2","Rule":"Inbound"},"Data":{"Count":"1284"}}`},
		{"plate", "RuleEngine/Recognition/LicensePlate/&1/Gate", at + `"Source":{"VideoSource":"1","Rule":"Gate"},"Data":{"Likelihood":"0.9","ObjectId":"77","LicensePlateInfo":{"PlateNumber":"19A-123.45","CountryCode":"VN"}}}`},
		{"unknown", "Device/Trigger/DigitalInput/&1", at + `"Source":{"InputToken":"1"},"Data":{"LogicalState":"true"}}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := message(c.local, c.payload)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := feed.Decoder.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
