// A stranger's check of the registry's ledger, written with Go's own transparency log library (golang.org/x/mod/sumdb), the one
// that checks every Go module. It knows nothing of the registry but an address.
//
//	verify_log URL [OLD]    verifies the checkpoint at URL, every entry's inclusion, and that the tree grew out of the checkpoint in file OLD
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	base := os.Args[1]
	vkey := strings.TrimSpace(string(get(base + "/key")))
	signed := get(base + "/checkpoint")
	size, root := open(vkey, signed)
	if len(os.Args) > 2 {
		earlier, err := os.ReadFile(os.Args[2])
		check(err, "old checkpoint")
		oldSize, oldRoot := open(vkey, earlier)
		reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{base})
		proof, err := tlog.ProveTree(size, oldSize, reader)
		check(err, "consistency proof")
		check(tlog.CheckTree(proof, size, root, oldSize, oldRoot), "consistency")
		fmt.Printf("consistent %d -> %d\n", oldSize, size)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{base})
	var index int64
	for tile := int64(0); tile*256 < size; tile++ {
		width := size - tile*256
		if width > 256 {
			width = 256
		}
		for _, entry := range entries(base, tile, width) {
			proof, err := tlog.ProveRecord(size, index, reader)
			check(err, fmt.Sprintf("proof of entry %d", index))
			check(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)), fmt.Sprintf("inclusion of entry %d", index))
			index++
		}
	}
	if index != size {
		fail(fmt.Sprintf("%d entries of %d", index, size))
	}
	fmt.Printf("included %d\n", size)
}

func open(vkey string, signed []byte) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(vkey)
	check(err, "key")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err, "signature")
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("the checkpoint is of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	check(err, "root")
	var root tlog.Hash
	copy(root[:], raw)
	return size, root
}

func entries(base string, tile, width int64) [][]byte {
	path := "/tile/entries/" + number(tile)
	if width < 256 {
		path += ".p/" + strconv.FormatInt(width, 10)
	}
	data := get(base + path)
	var all [][]byte
	for len(data) > 0 {
		length := int(binary.BigEndian.Uint16(data))
		all = append(all, append([]byte(nil), data[2:2+length]...))
		data = data[2+length:]
	}
	return all
}

type tiles struct{ base string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(asked))
	for i, tile := range asked {
		path := fmt.Sprintf("/tile/%d/%s", tile.L, number(tile.N))
		if tile.W < 256 {
			path += fmt.Sprintf(".p/%d", tile.W)
		}
		data[i] = get(t.base + path)
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func number(n int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	return text
}

var held = map[string][]byte{}

func get(address string) []byte {
	if data, ok := held[address]; ok {
		return data
	}
	answer, err := http.Get(address)
	check(err, address)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	check(err, address)
	if answer.StatusCode != 200 {
		fail(fmt.Sprintf("%s answered %d", address, answer.StatusCode))
	}
	held[address] = data
	return data
}

func check(err error, what string) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func fail(what string) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(1)
}
