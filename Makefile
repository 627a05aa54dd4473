.DEFAULT_GOAL := help
.PHONY: help run build test test-race clients console lint generate bench bench-live bench-console ci clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start a server on http://127.0.0.1:8080, its data in .stepcast
	go run .

build: ## Build the binary ./stepcast
	go build -trimpath -o stepcast .

test: ## Run the tests; needs nothing but Go
	go test ./...

test-race: ## Run the tests with the race detector; needs a C compiler
	CGO_ENABLED=1 go test -race ./...

clients: ## Install the JavaScript clients that make test then runs too; needs Node.js
	.ci/run clients

console: ## Build the console anew, web/dist from web/app; needs Node.js
	.ci/run console

lint: ## Check formatting, go vet and staticcheck
	.ci/run format vet staticcheck

generate: ## Generate code anew, graph/ from schema.graphqls
	go generate ./...

bench: ## Run the benchmarks, some minutes, and print tables of what they found
	go test -run='^$$' -bench=. -benchtime=1x -timeout=60m ./bench

bench-live: ## Measure live fan-out beside gorilla and gqlgen, some minutes (Linux)
	go run ./bench/live

bench-console: ## Trace the console with a log of a million lines and a list of 500 tasks; needs Chromium
	go test -run='^$$' -bench=. -benchtime=1x -timeout=60m ./bench/console

ci: ## Run all that a change must pass, with MariaDB, Python and Node.js
	.ci/run

clean: ## Remove what was built; .stepcast stays
	rm -f stepcast *.test *.out
