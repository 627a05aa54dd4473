package progress_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"stepcast/internal/progress"
)

// read feeds text in pieces of a size and gives all that was told.
func read(text string, piece int) (told []progress.Progress) {
	p := progress.NewParser(func(now progress.Progress) { told = append(told, now) })
	for len(text) > 0 {
		n := min(piece, len(text))
		_, _ = p.Write([]byte(text[:n]))
		text = text[n:]
	}
	p.Close()
	return told
}

// fractions are what was told, in whole percent, one after the other without repetition;
// -1 is for none.
func fractions(told []progress.Progress) (all []int) {
	for _, now := range told {
		percent := -1
		if now.Known() {
			percent = int(math.Round(now.Fraction * 100))
		}
		if len(all) == 0 || all[len(all)-1] != percent {
			all = append(all, percent)
		}
	}
	return all
}

func TestMeters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		want    []int
		message string
	}{
		"tqdm":               {"\r  0%|          | 0/40 [00:00<?, ?it/s]\r 45%|████▌     | 18/40 [00:12<00:15, 1.46it/s]\r100%|██████████| 40/40 [00:27<00:00, 1.46it/s]\n", []int{0, 45, 100}, ""},
		"tqdm named":         {"train:  10%|█         | 4/40 [00:00<?, ?it/s]\rtrain:  20%|██        | 8/40 [00:00<?, ?it/s]", []int{10, 20}, "train"},
		"tqdm bytes":         {"data.zip:  25%|██▌       | 256k/1.00M [00:00<00:01, 600kB/s]\r", []int{26}, "data.zip"},
		"tqdm in ASCII":      {" 30%|###       | 3/10 [00:00<00:00, 9.1it/s]\r", []int{30}, ""},
		"git push":           {"Writing objects:  50% (5/10)\rWriting objects: 100% (10/10), 1.2 KiB | 1.2 MiB/s, done.\n", []int{43, 80}, "Writing objects"},
		"git in a sequence":  {"Receiving objects: 100% (10/10)\rUpdating files: 100% (3/3)\rReceiving objects:   0% (0/7)\rReceiving objects:  50% (4/7)\r", []int{80, 100, 5, 48}, "Receiving objects"},
		"like git":           {"Rewriting refs:  50% (5/10)\rRewriting refs: 100% (10/10)\n", []int{50, 100}, "Rewriting refs"},
		"rsync with -h":      {"\r          1.20M  12%    1.20MB/s    0:00:07  \r          5.00M  50%    1.20MB/s    0:00:04  ", []int{12, 50}, ""},
		"wget2":              {"file.iso             45%[========>           ]  450.12M  10.1MB/s\r", []int{45}, "file.iso"},
		"pip bar":            {"\r   ━━━━━━━━━━━╸━━━━━━━━━━━━━ 12.0/48.0 MB 10.1 MB/s eta 0:00:04\r   ━━━━━━━━━━━━━━━━━━━━━━━━━ 48.0/48.0 MB 9.9 MB/s eta 0:00:00\n", []int{25, 100}, ""},
		"pip raw":            {"Progress 1000 of 4000\nProgress 4000 of 4000\n", []int{25, 100}, ""},
		"pip in colours":     {"\x1b[2K   \x1b[38;5;197m━━━━━━━━━━\x1b[0m\x1b[38;5;237m━━━━━━━━━━\x1b[0m \x1b[32m1.0/4.0 MB\x1b[0m \x1b[31m2 MB/s\x1b[0m\r", []int{25}, ""},
		"apt":                {"\x1b7\x1b[24;0f\x1b[42m\x1b[30mProgress: [ 20%]\x1b[49m\x1b[39m [###########...............................................] \x1b8", []int{20}, ""},
		"apt update":         {"\r0% [Working]\r12% [3 Packages 1,234 kB/9,876 kB 12%]\r80% [Waiting for headers]\n", []int{0, 12, 80}, "for headers"},
		"apt reading":        {"(Reading database ... 5%\r(Reading database ... 100%\r(Reading database ... 45678 files)\n", []int{5, 100}, "Reading database"},
		"docker build":       {"Step 1/4 : FROM scratch\n ---> 12\nStep 3/4 : COPY a b\n", []int{0, 50}, "COPY a b"},
		"docker buildkit":    {"#5 [1/4] FROM docker.io/library/alpine\n#6 [2/4] RUN true\n#5 DONE 0.1s\n#7 [build 3/4] RUN false\n", []int{0, 25, 50}, "RUN false"},
		"docker pull":        {"aaaaaaaaaaaa: Pulling fs layer\nbbbbbbbbbbbb: Pulling fs layer\naaaaaaaaaaaa: Downloading [=====>     ]  50MB/100MB\naaaaaaaaaaaa: Download complete\naaaaaaaaaaaa: Pull complete\nbbbbbbbbbbbb: Already exists\n", []int{0, 18, 35, 50, 100}, "Already exists"},
		"make":               {"[  5%] Building C object a.o\n[ 42%] Building C object b.o\n[100%] Linking C executable x\n", []int{5, 42, 100}, "Linking C executable x"},
		"ninja":              {"[1/40] CC a.o\n[2/40] CC b.o\n[40/40] LINK x\n", []int{5, 100}, "LINK x"},
		"pytest":             {"tests/test_a.py ....      [ 42%]\ntests/test_b.py .F        [100%]\n", []int{42, 100}, "tests/test_b.py .F"},
		"npm":                {"\r[###...............] - fetchMetadata: sill\r[######............] | reify: sill", []int{33}, "reify: sill"},
		"yarn":               {"[1/4] Resolving packages...\n[2/4] Fetching packages...\n[4/4] Building fresh packages...\n", []int{50, 100}, "Building fresh packages"},
		"robocopy":           {"  0.0%  \r 50.5%  \r100%  \r\n  10.0%  \r", []int{0, 51, 100, 10}, ""},
		"7z":                 {"  0%\b\b\b\b    \b\b\b\b 13% 4 + a.txt\b\b\b\b\b\b\b\b\b\b\b\b\b 42% 9 + b.txt\b\b\b", []int{0, 13, 42}, "b.txt"},
		"pv":                 {"\r 105MiB 0:00:01 [ 105MiB/s] [==>                 ] 10% ETA 0:00:09\r 525MiB 0:00:05 [ 105MiB/s] [=========>          ] 50% ETA 0:00:05", []int{10, 50}, "525MiB 0:00:05 [ 105MiB/s"},
		"aria2":              {"\r[#2089b0 400.0KiB/33.2MiB(1%) CN:1 DL:115.7KiB ETA:4m51s]\r[#2089b0 16.6MiB/33.2MiB(50%) CN:1 DL:115.7KiB ETA:1m]", []int{1, 50}, ""},
		"ffmpeg":             {"  Duration: 00:01:40.00, start: 0.000000, bitrate: 1 kb/s\nframe=   10 fps=0.0 q=2.0 size=       1kB time=00:00:42.00 bitrate=  1.0kbits/s speed=9x    \rframe=   99 fps=0.0 q=2.0 Lsize=       9kB time=00:01:40.02 bitrate=  1.0kbits/s speed=9x\n", []int{42, 100}, ""},
		"ffmpeg -progress":   {"Duration: 00:00:10.00, start\nout_time=00:00:05.000000\n", []int{50}, ""},
		"ffmpeg of a stream": {"size=       1kB time=00:00:42.00 bitrate=  1.0kbits/s speed=9x    \r", []int{-1}, "size=       1kB time=00:00:42.00 bitrate=  1.0kbits/s speed=9x"},
		"curl without size":  {"\r  0     0    0 12345    0     0   9000      0 --:--:--  0:00:01 --:--:--  9000\r", []int{-1}, ""},
		"a plain percentage": {"Copied 10%\nCopied 20%\nCopied 30%\nCopied 40%\n", []int{30, 40}, "Copied"},
		"drawn over":         {"\rCopied 10%\rCopied 20%", []int{20}, "Copied"},
		"counts in words":    {"Uploading (1 of 8)\nUploading (2 of 8)\nUploading (8 of 8)\n", []int{25, 100}, "Uploading"},
		"plain counts":       {"Chunk 1/8\nChunk 2/8\nChunk 4/8\nChunk 8/8\n", []int{50, 100}, "Chunk"},
		"with time stamps":   {"2026-11-22 10:00:01 INFO copied 10%\n2026-11-22 10:00:09 INFO copied 20%\n2026-11-22 10:01:00 INFO copied 30%\n", []int{30}, "2026-11-22 10:00:01 INFO copied"},
		"a bar alone":        {"\r[==>       ]\r[=====>    ]\r[==========]", []int{60, 100}, ""},
		"phases":             {"a.bin:  50%|█████     | 1/2 [00:01<00:01]\ra.bin: 100%|██████████| 2/2 [00:02<00:00]\nb.bin:   0%|          | 0/2 [00:00<?]\rb.bin:  50%|█████     | 1/2 [00:00<?]", []int{50, 100, 0, 50}, "b.bin"},
		"bars side by side":  {"a:  50%|█████     | 1/2 [0]\nb:  10%|█         | 1/10 [0]\na: 100%|██████████| 2/2 [0]\nb:  60%|██████    | 6/10 [0]\n", []int{50, 60}, "b"},
		"more work turns up": {"[ 50%] a\n[ 45%] b\n[ 60%] c\n", []int{50, 60}, "c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := read(c.text, len(c.text))
			require.NotEmpty(t, told)
			require.Equal(t, c.want, fractions(told))
			if name != "with time stamps" {
				require.Equal(t, c.message, told[len(told)-1].Message)
			}
		})
	}
}

// TestRecorded reads what programs printed.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]int{
		"curl.txt":            {-1, 63, 100},
		"curl-bar.txt":        {63, 100},
		"dd.txt":              {-1},
		"rsync-progress2.txt": {0, 16, 34, 50, 67, 100},
		"rsync-progress.txt":  {-1, 50, 63, 75, 84, 100},
		"wget-bar.txt":        nil,
		"wget-dot.txt":        nil,
		"git.txt":             nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", name))
			require.NoError(t, err)
			told := read(string(text), len(text))
			require.NotEmpty(t, told)
			all := fractions(told)
			if want != nil {
				require.Equal(t, want, all)
				return
			}
			require.Greater(t, len(all), 5)
			require.IsIncreasing(t, all)
			last := told[len(told)-1]
			require.GreaterOrEqual(t, last.Fraction, 0.9)
			require.Equal(t, 1, last.Phase)
		})
	}
}

// TestNotProgress reads what looks like progress and is none.
func TestNotProgress(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"prose":          "I am 100% sure.\nOnly 3/10 came.\nAbout 50% of us, or (3 of 10).\n",
		"dates":          "2026/11/22\n2026/11/23\n2026/11/24\n11/22/2026\n11/23/2026\n",
		"df":             "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        50G   20G   30G  40% /\n/dev/sda2        50G   30G   20G  60% /home\n/dev/sda3        50G   40G   10G  80% /var\n",
		"load":           "CPU 10%\nCPU 20%\nCPU 30%\nMemory usage: 40%\nMemory usage: 50%\nMemory usage: 60%\n",
		"up and down":    "Level 10%\nLevel 20%\nLevel 5%\nLevel 12%\nLevel 3%\nLevel 30%\nLevel 2%\nLevel 40%\nLevel 50%\nLevel 60%\n",
		"versions":       "v1/2\nv2/2\nlib-1.2/3\nlib-1.3/3\na/1/3\na/2/3\na/3/3\n",
		"a heading":      "====== 42% ======\n======\n[======]\n|-----|-----|\n",
		"one line":       "Coverage: 42%\nDone [1/1]\n",
		"scores":         "Score 1/10\nScore 2/10\nScore 3/10\nScore 4/10\n",
		"rules":          "|----------|\n|----------|\n[..........]\n",
		"a whole line":   strings.Repeat("x", 1000) + " 42%\n",
		"beyond":         "\r 120%\r 130%\r 140%\r",
		"CRLF":           "Alone\r\n10%\r\n",
		"empty brackets": "\r[]\r()\r[/]\r%\r%%%|\r0/0\r(0/0)\r",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, read(text, len(text)))
		})
	}
}

// A meter is told although the cursor is left behind it; half a number never is.
func TestUnfinishedSegments(t *testing.T) {
	t.Parallel()
	var told []progress.Progress
	p := progress.NewParser(func(now progress.Progress) { told = append(told, now) })
	for _, c := range []struct {
		piece string
		want  []int
	}{
		{"Fetching [###.......] 31%", nil},
		{"\rFetching [####......] 4", []int{31}},
		{"2%", []int{31, 42}},
		{"\rFetching [##........] 2%", []int{31, 42}},
		{"0", []int{31, 42}},
	} {
		_, _ = p.Write([]byte(c.piece))
		require.Equal(t, c.want, fractions(told), c.piece)
	}
}

func TestMessagesAreClean(t *testing.T) {
	t.Parallel()
	told := read("[ 42%] a\x01b\xff"+strings.Repeat("é", 200)+"\n", 1)
	require.Len(t, told, 1)
	require.True(t, utf8.ValidString(told[0].Message))
	require.LessOrEqual(t, len(told[0].Message), progress.MessageLimit)
	require.True(t, strings.HasPrefix(told[0].Message, "abé"), told[0].Message)
}

// lines are what random outputs are made of.
var lines = []string{
	"\r 45%|████▌     | 45/100 [00:12<00:15]", "\n[ 42%] Building\n", "\r\x1b[2K[3/10]", "(4 of 10) x\n", "\b\b\b\b 12%",
	"Receiving objects:  42% (420/1000)\r", "\r[====>     ]", "plain text\n", "\x1b[1A", "\x1b]0;title\x07", "%", "/", "9", "\r\n",
	"      2,097,152  16%    4.73MB/s    0:00:00 (xfr#1, to-chk=2/4)\n", "aaaaaaaaaaaa: Downloading [=> ] 1MB/9MB\n", "\xff\x00",
}

// TestPieces: what is told last does not depend on how the output was cut in pieces.
func TestPieces(t *testing.T) {
	t.Parallel()
	for n := range 300 {
		random := rand.New(rand.NewPCG(uint64(n), 1))
		var text strings.Builder
		for range random.IntN(40) {
			at := random.IntN(101)
			fmt.Fprintf(&text, forms[random.IntN(len(forms))], at, at)
		}
		whole, pieces := read(text.String(), text.Len()), read(text.String(), 1+random.IntN(7))
		checkTold(t, whole)
		checkTold(t, pieces)
		require.Equal(t, len(whole) == 0, len(pieces) == 0, "%q", text.String())
		if len(whole) > 0 {
			require.Equal(t, whole[len(whole)-1], pieces[len(pieces)-1], "%q", text.String())
		}
	}
}

// forms are whole segments, each with a percentage and a count of a hundred.
var forms = []string{
	"\r%3d%%|████▌     | %d/100 [00:12<00:15]\r", "[%3d%%] Building %d\n", "Receiving objects: %3d%% (%d/100)\r", "at %d of 200, %d\n",
	"\rpv [=====>    ] %d%% ETA %d", "\x1b[2K\r[%d/100] CC %d.o", "\r  2,097,152  %d%%    4.73MB/s    0:00:00 (xfr#1, to-chk=%d/100)\r", "plain %d %d\r\n",
}

// TestAnyOutput: no fraction falls within a phase, whatever is printed.
func TestAnyOutput(t *testing.T) {
	t.Parallel()
	for n := range 300 {
		random := rand.New(rand.NewPCG(uint64(n), 2))
		var text strings.Builder
		for range random.IntN(40) {
			text.WriteString(lines[random.IntN(len(lines))])
		}
		checkTold(t, read(text.String(), 1+random.IntN(64)))
	}
}

func checkTold(t *testing.T, told []progress.Progress) {
	t.Helper()
	phase, shown := 0, 0.0
	for _, now := range told {
		require.True(t, utf8.ValidString(now.Message))
		require.LessOrEqual(t, len(now.Message), progress.MessageLimit)
		require.GreaterOrEqual(t, now.Phase, max(1, phase))
		if now.Phase > phase {
			phase, shown = now.Phase, 0
		}
		if now.Known() {
			require.GreaterOrEqual(t, now.Fraction, shown)
			require.LessOrEqual(t, now.Fraction, 1.0)
			shown = now.Fraction
		}
	}
}

func FuzzParser(f *testing.F) {
	for _, line := range lines {
		f.Add(line, 3)
	}
	f.Fuzz(func(t *testing.T, text string, piece int) {
		checkTold(t, read(text, 1+max(0, piece)%64))
	})
}

func TestOrdinaryOutputAllocatesNothing(t *testing.T) {
	p := progress.NewParser(func(progress.Progress) {})
	text := []byte(strings.Repeat("2026-11-22 INFO wrote the file src/main.go in 12 ms\n", 100))
	require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = p.Write(text) }))
}

func BenchmarkParser(b *testing.B) {
	for name, line := range map[string]string{
		"log":     "2026-11-22 INFO wrote the file src/main.go in 12 ms\n",
		"numbers": "2026-11-22 INFO wrote 3/10 of src/main.go, which is 30%, in 12 ms\n",
		"tqdm":    "\r 45%|████▌     | 45/100 [00:12<00:15, 3.6it/s]",
		"binary":  "\x00\x01\x7f\xff\x80abcd",
	} {
		b.Run(name, func(b *testing.B) {
			text := []byte(strings.Repeat(line, 1000))
			p := progress.NewParser(func(progress.Progress) {})
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = p.Write(text)
			}
		})
	}
}
