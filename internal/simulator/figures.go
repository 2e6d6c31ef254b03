package simulator

import (
	"fmt"
	"time"
)

// figures are what the systems of the lines of business tell, by subsystem. Those of public services
// are around what was reported for Phú Thọ in July 2024; the others are believable and invented.
func figures() map[string][]figure {
	const often, hour, day = 15 * time.Minute, time.Hour, 24 * time.Hour
	return map[string][]figure{
		"publicservice": {
			{code: "dossiers_received", period: "today", every: often, base: 1430, spread: 0.08, grows: true},
			{code: "dossiers_resolved", period: "today", every: often, base: 1385, spread: 0.08, grows: true},
			{code: "dossiers_waiting", period: "today", every: often, base: 6120, spread: 0.03},
			{code: "dossiers_overdue", period: "today", every: often, base: 58, spread: 0.3},
			{code: "on_time_ratio", period: "day", every: hour, base: 0.9534, spread: 0.004, of: 291_899},
			{code: "digitised_ratio", period: "day", every: hour, base: 0.7303, spread: 0.002, of: 291_899},
			{code: "electronic_result_ratio", period: "day", every: hour, base: 0.8340, spread: 0.002, of: 278_310},
			{code: "online_procedures", period: "day", every: hour, base: 1121},
			{code: "online_procedures_ratio", period: "day", every: hour, base: 0.6173, of: 1816},
			{code: "service_score", period: "month", every: day, base: 81, spread: 0.02, decimals: 2},
		},
		"edocument": {
			{code: "documents_sent", period: "today", every: often, base: 2150, spread: 0.1, grows: true},
			{code: "documents_received", period: "today", every: often, base: 3480, spread: 0.1, grows: true},
			{code: "documents_undelivered", period: "today", every: often, base: 6, spread: 0.4},
			{code: "documents_overdue", period: "today", every: often, base: 31, spread: 0.3},
			{code: "signed_ratio", period: "today", every: hour, base: 0.987, spread: 0.004, of: 2150, grows: true},
			{code: "processed_on_time_ratio", period: "today", every: hour, base: 0.962, spread: 0.006, of: 41_300},
		},
		"socioeconomic": {
			{code: "grdp_growth", period: "quarter", every: day, base: 9.53, spread: 0.03, decimals: 2},
			{code: "budget_revenue", period: "month", every: day, base: 912, spread: 0.06},
			{code: "budget_revenue_ratio", period: "month", every: day, base: 0.93, spread: 0.02, of: 9150},
			{code: "disbursement_ratio", period: "month", every: day, base: 0.71, spread: 0.02, of: 13_720},
			{code: "fdi_registered", period: "month", every: day, base: 46, spread: 0.3, decimals: 1},
			{code: "enterprises_new", period: "month", every: day, base: 118, spread: 0.1},
			{code: "enterprises_left", period: "month", every: day, base: 34, spread: 0.15},
		},
		"statistics": {
			{code: "cpi_yoy", period: "month", every: day, base: 3.4, spread: 0.06, decimals: 2},
			{code: "iip_yoy", period: "month", every: day, base: 24.1, spread: 0.1, decimals: 1},
			{code: "retail_sales", period: "month", every: day, base: 5210, spread: 0.04},
			{code: "reports_on_time_ratio", period: "month", every: day, base: 0.968, spread: 0.01, of: 842},
			{code: "unemployment_rate", period: "quarter", every: day, base: 0.0192, spread: 0.04, of: 812_000},
			{code: "population", period: "year", every: day, base: 1_530_800},
		},
		"health": {
			{code: "outpatient_visits", period: "today", every: often, base: 6240, spread: 0.07, grows: true},
			{code: "emergencies", period: "today", every: often, base: 214, spread: 0.12, grows: true},
			{code: "ambulance_responses", period: "today", every: often, base: 46, spread: 0.15, grows: true},
			{code: "bed_occupancy_ratio", period: "today", every: often, base: 0.87, spread: 0.03, of: 5830},
			{code: "ambulance_minutes", period: "day", every: hour, base: 13.5, spread: 0.1, decimals: 1},
			{code: "insurance_claims_ratio", period: "day", every: hour, base: 0.974, spread: 0.005, of: 118_400},
			{code: "dengue_cases", period: "week", every: day, base: 18, spread: 0.3},
			{code: "hfmd_cases", period: "week", every: day, base: 42, spread: 0.2},
		},
		"education": {
			{code: "attendance_ratio", period: "day", every: hour, base: 0.978, spread: 0.004, of: 392_400},
			{code: "teachers_present_ratio", period: "day", every: hour, base: 0.987, spread: 0.004, of: 23_150},
			{code: "kitchens_inspected_ratio", period: "month", every: day, base: 0.82, spread: 0.04, of: 611},
			{code: "schools", period: "year", every: day, base: 918},
			{code: "pupils", period: "year", every: day, base: 392_400},
			{code: "teachers", period: "year", every: day, base: 23_150},
			{code: "pupils_per_teacher", period: "year", every: day, base: 16.95, decimals: 2},
		},
		"socialmedia": {
			{code: "mentions", period: "today", every: often, base: 1920, spread: 0.15, grows: true},
			{code: "negative_ratio", period: "today", every: often, base: 0.17, spread: 0.15, of: 1920, grows: true},
		},
		"environment": {
			{code: "good_air_ratio", period: "today", every: hour, base: 0.79, spread: 0.08, of: 96},
			{code: "valid_data_ratio", period: "today", every: hour, base: 0.973, spread: 0.008, of: 5760},
			{code: "waste_collected_ratio", period: "month", every: day, base: 0.936, spread: 0.01, of: 21_400},
		},
		"citizenfeedback": {
			{code: "satisfaction_ratio", period: "today", every: often, base: 0.91, spread: 0.03, of: 46, grows: true},
			{code: "on_time_ratio", period: "month", every: day, base: 0.952, spread: 0.01, of: 338},
		},
		"tourism": {
			{code: "visitors", period: "today", every: hour, base: 7840, spread: 0.2, grows: true},
			{code: "lodging_occupancy_ratio", period: "day", every: hour, base: 0.61, spread: 0.08, of: 4120},
			{code: "tourism_revenue", period: "month", every: day, base: 412, spread: 0.1},
		},
		"infosecurity": {
			{code: "attacks_blocked", period: "today", every: often, base: 18_400, spread: 0.2, grows: true},
			{code: "malware_alerts", period: "today", every: often, base: 9, spread: 0.4, grows: true},
			{code: "endpoints_protected_ratio", period: "day", every: hour, base: 0.957, spread: 0.006, of: 6240},
			{code: "patched_ratio", period: "day", every: hour, base: 0.926, spread: 0.02, of: 188},
			{code: "systems_approved_ratio", period: "month", every: day, base: 0.894, spread: 0.01, of: 85},
		},
	}
}

// caseBooks are the kinds of cases that systems tell, by subsystem.
func caseBooks() map[string][]caseKind {
	return map[string][]caseKind{
		"citizenfeedback": {
			{kind: "road", title: "Ổ gà trên mặt đường", perDay: 3.2, days: 3.5},
			{kind: "lighting", title: "Đèn đường không sáng", perDay: 2.4, days: 1.8},
			{kind: "waste", title: "Rác thải chưa được thu gom", perDay: 2.8, days: 1.2},
			{kind: "water", title: "Ngập nước sau mưa", perDay: 1.1, days: 2.6},
			{kind: "security", title: "Gây rối trật tự công cộng", perDay: 0.6, days: 0.8},
			{kind: "noise", title: "Tiếng ồn ban đêm", perDay: 1.3, days: 2.2},
		},
		"infosecurity": {
			{kind: "malware", severity: "major", title: "Mã độc trên máy trạm", perDay: 1.4, days: 0.3},
			{kind: "phishing", severity: "minor", title: "Thư lừa đảo gửi tới cán bộ", perDay: 1.1, days: 0.4},
			{kind: "ddos", severity: "critical", title: "Tấn công từ chối dịch vụ vào cổng thông tin", perDay: 0.15, days: 0.1},
		},
	}
}

func errTongue(device, dialect string) error {
	return fmt.Errorf("device %q: nothing here speaks %q", device, dialect)
}
