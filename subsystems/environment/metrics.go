package environment

import (
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// air are the pollutants that the air quality index is made of, and the index. The index judges them:
// what an hour of one pollutant means for health is what its breakpoints say.
func air() []subsystem.Metric {
	const unit = "µg/m³"
	return []subsystem.Metric{
		{
			Name: "aqi", Names: city.Names{VI: "Chỉ số chất lượng không khí (VN_AQI)", EN: "Air quality index (VN_AQI)"},
			Doc:    "Hourly index by Decision 1459/QĐ-TCMT, computed by the center when the hour ends: 0 to 500, above 100 unhealthy for some, above 200 for all.",
			Reason: "bad_air", Direction: subsystem.Above, Warning: subsystem.At(100), Critical: subsystem.At(200), DeadBand: 5,
		},
		{Name: "pm25", Names: city.Names{VI: "Bụi mịn PM2.5", EN: "Fine dust PM2.5"}, Unit: unit, Doc: "Particles up to 2.5 µm across."},
		{Name: "pm10", Names: city.Names{VI: "Bụi PM10", EN: "Dust PM10"}, Unit: unit, Doc: "Particles up to 10 µm across."},
		{Name: "o3", Names: city.Names{VI: "Ôzôn (O3)", EN: "Ozone (O3)"}, Unit: unit, Doc: "Ozone near the ground."},
		{Name: "no2", Names: city.Names{VI: "Nitơ điôxit (NO2)", EN: "Nitrogen dioxide (NO2)"}, Unit: unit, Doc: "Nitrogen dioxide."},
		{Name: "so2", Names: city.Names{VI: "Lưu huỳnh điôxit (SO2)", EN: "Sulphur dioxide (SO2)"}, Unit: unit, Doc: "Sulphur dioxide."},
		{Name: "co", Names: city.Names{VI: "Cacbon monoxit (CO)", EN: "Carbon monoxide (CO)"}, Unit: unit, Doc: "Carbon monoxide, in µg/m³ as the index takes it and not in mg/m³."},
	}
}

// weather are what masts and river gauges measure. Thresholds are defaults, and those of the river are
// of one gauge: each gauge has alarm levels of its own.
func weather() []subsystem.Metric {
	at := subsystem.At
	return []subsystem.Metric{
		{
			Name: "temperature_c", Names: city.Names{VI: "Nhiệt độ không khí", EN: "Air temperature"}, Unit: "°C",
			Doc:    "Air temperature in the shade; above 37 °C severe heat, above 39 °C extreme heat.",
			Reason: "heat", Direction: subsystem.Above, Warning: at(37), Critical: at(39), DeadBand: 0.5,
		},
		{Name: "humidity_pct", Names: city.Names{VI: "Độ ẩm không khí", EN: "Relative humidity"}, Unit: "%", Doc: "Relative humidity of the air."},
		{
			Name: "rain_mm_h", Names: city.Names{VI: "Cường độ mưa", EN: "Rain intensity"}, Unit: "mm/h",
			Doc:    "Rain at this rate for an hour would give so many millimetres; above 30 streets flood, above 50 the rain is violent.",
			Reason: "heavy_rain", Direction: subsystem.Above, Warning: at(30), Critical: at(50), DeadBand: 3,
		},
		{
			Name: "wind_speed_ms", Names: city.Names{VI: "Tốc độ gió", EN: "Wind speed"}, Unit: "m/s",
			Doc:    "Mean wind; above 10.7 m/s strong (Beaufort 6), above 17.1 m/s a gale (Beaufort 8).",
			Reason: "strong_wind", Direction: subsystem.Above, Warning: at(10.7), Critical: at(17.1), DeadBand: 1,
		},
		{
			Name: "river_level_m", Names: city.Names{VI: "Mực nước sông", EN: "River level"}, Unit: "m",
			Doc:    "Level of the water at the gauge; the defaults are alarm levels I and III of the Lô at Việt Trì.",
			Reason: "flood", Direction: subsystem.Above, Warning: at(13.7), Critical: at(15.9), DeadBand: 0.1,
		},
	}
}

// sensors are noise, and how well battery-powered sensors on LoRaWAN are.
func sensors() []subsystem.Metric {
	return []subsystem.Metric{
		{
			Name: "noise_dba", Names: city.Names{VI: "Mức ồn", EN: "Noise level"}, Unit: "dBA",
			Doc:    "A-weighted equivalent level; 70 dBA is the limit by day where people live.",
			Reason: "noise", Direction: subsystem.Above, Warning: subsystem.At(70), DeadBand: 3,
		},
		{
			Name: "battery_pct", Names: city.Names{VI: "Dung lượng pin", EN: "Battery"}, Unit: "%", Doc: "Charge that the sensor's battery has left.",
			Reason: "low_battery", Direction: subsystem.Below, Warning: subsystem.At(20), Critical: subsystem.At(10), DeadBand: 2,
		},
		{Name: "battery_v", Names: city.Names{VI: "Điện áp pin", EN: "Battery voltage"}, Unit: "V", Doc: "Voltage of the battery, of sensors that do not know its charge."},
		{Name: "rssi_dbm", Names: city.Names{VI: "Cường độ tín hiệu thu", EN: "Signal strength"}, Unit: "dBm", Doc: "Strength of the device's signal at the gateway that heard it best."},
		{Name: "snr_db", Names: city.Names{VI: "Tỷ số tín hiệu trên tạp âm", EN: "Signal-to-noise ratio"}, Unit: "dB", Doc: "The device's signal over the noise, at the gateway that heard it best."},
	}
}
