package linkis

import (
	"math"

	"stepcast/models"
)

// resourceData is the data of progressWithResource: what progress has, and the metrics.
// As in Linkis the key is yarnMetrics, or yarnResource with null when nothing was measured.
// Linkis forgets the metrics when the task ends; here they stay.
type resourceData struct {
	progressData
	YarnMetrics yarnMetrics `json:"yarnMetrics"`
}

type unmeasuredData struct {
	progressData
	YarnResource any `json:"yarnResource"`
}

// yarnMetrics has the shape of Linkis (YarnResourceWithStatusVo and RGBUtils of its
// entrance). There is no YARN here: the one row is what was measured of the task's processes.
type yarnMetrics struct {
	YarnResource  []yarnRow `json:"yarnResource"`
	CorePercent   javaFloat `json:"corePercent"`
	MemoryPercent javaFloat `json:"memoryPercent"`
	CoreRGB       string    `json:"coreRGB"`
	MemoryRGB     string    `json:"memoryRGB"`
}

type yarnRow struct {
	// QueueMemory is the largest memory in use at once so far, in bytes.
	QueueMemory int64 `json:"queueMemory"`
	// QueueCores is the mean number of CPU cores in use, rounded up.
	QueueCores int `json:"queueCores"`
	// QueueInstances is the number of processes.
	QueueInstances int    `json:"queueInstances"`
	JobStatus      string `json:"jobStatus"`
	ApplicationID  string `json:"applicationId"`
	Queue          string `json:"queue"`
}

// What Linkis takes for a whole cluster when it computes percentages.
const (
	clusterCores = 300
	clusterBytes = 1000 << 30
)

// progressWithResource answers GET entrance/{id}/progressWithResource.
func progressWithResource(c *call) (answer, error) {
	t, err := c.progressTarget()
	if err != nil {
		return answer{}, err
	}
	if t.Usage == nil {
		return ok(textOK, unmeasuredData{progressData: progressOf(t)}), nil
	}
	return ok(textOK, resourceData{progressData: progressOf(t), YarnMetrics: metricsOf(t.Task)}), nil
}

func metricsOf(t *models.Task) yarnMetrics {
	row := yarnRow{
		QueueMemory:    t.Usage.MaxRSSBytes,
		QueueCores:     coresOf(t),
		QueueInstances: t.Usage.Processes,
		JobStatus:      "RUNNING",
		ApplicationID:  t.ShortID(),
		Queue:          "default",
	}
	if t.Status.Final() {
		row.JobStatus = "COMPLETED"
	}
	cores := float64(row.QueueCores) / clusterCores
	memory := float64(row.QueueMemory) / clusterBytes
	return yarnMetrics{
		YarnResource:  []yarnRow{row},
		CorePercent:   javaFloat(cores),
		MemoryPercent: javaFloat(memory),
		CoreRGB:       colour(cores),
		MemoryRGB:     colour(memory),
	}
}

// coresOf is the CPU time of the attempt by its duration: no more than that is measured.
func coresOf(t *models.Task) int {
	seconds := float64(t.CostTime()) / 1000
	if seconds <= 0 || t.Usage.CPUSeconds <= 0 {
		return 0
	}
	return int(math.Ceil(t.Usage.CPUSeconds / seconds))
}

// colour is that of the bar in the Linkis console.
func colour(part float64) string {
	switch {
	case part <= 0.5:
		return "green"
	case part <= 0.7:
		return "yellow"
	}
	return "red"
}
