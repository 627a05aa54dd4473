.DEFAULT_GOAL := help
.PHONY: help run build test test-race lint generate bench ci clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start a server on http://127.0.0.1:8080, its data in .stepcast
	go run .

build: ## Build the binary ./stepcast
	go build -trimpath -o stepcast .

test: ## Run the tests; needs nothing but Go
	go test ./...

test-race: ## Run the tests with the race detector; needs a C compiler
	CGO_ENABLED=1 go test -race ./...

lint: ## Check formatting, go vet and staticcheck
	.ci/run format vet staticcheck

generate: ## Generate code anew, graph/ from schema.graphqls
	go generate ./...

bench: ## Run the benchmarks, some minutes, and print tables of what they found
	go test -run='^$$' -bench=. -benchtime=1x -timeout=60m ./bench

ci: ## Run all that a change must pass, with MariaDB and Python
	.ci/run

clean: ## Remove what was built; .stepcast stays
	rm -f stepcast *.test *.out
