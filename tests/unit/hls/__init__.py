"""Parts of the hls process, each alone."""
