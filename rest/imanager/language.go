package imanager

import "stepcast/models"

// languageOf is what Content-Language says: the first of the reader's languages in
// which any text of the task exists; else the last of them, which is the server's own.
func languageOf(t *models.Task, languages []string) string {
	texts := textsOf(t)
	for _, language := range languages {
		for _, text := range texts {
			if tag := text.Tag(language); tag != "" {
				return tag
			}
		}
	}
	if len(languages) == 0 {
		return "en"
	}
	return languages[len(languages)-1]
}

func textsOf(t *models.Task) []models.Text {
	texts := []models.Text{t.Description}
	for _, s := range t.Steps {
		texts = append(texts, s.Description)
		for _, c := range s.Contents {
			texts = append(texts, c.Message)
			if c.Failure != nil {
				texts = append(texts, c.Failure.Message)
			}
		}
	}
	return texts
}
