recordings-title = Recordings
recordings-intro = What was said in conferences that were recorded, to listen to and to keep.
recordings-count =
    { $count ->
        [one] One recording
       *[other] { NUMBER($count) } recordings
    }
recordings-room = Room
recordings-room-gone = a room that is gone
recordings-find-room = Find a room
recordings-conference = Conference
recordings-this-conference = one conference
recordings-started = Started
recordings-length = Length
recordings-size = Size
recordings-state = State
recordings-state-recording = Recording now
recordings-state-finished = Finished
recordings-state-failed = Failed
recordings-failure-disk_full = The disk was full.
recordings-failure-disk_too_slow = The disk was too slow.
recordings-failure-not_writable = The server may not write there.
recordings-failure-disk_fault = The disk failed; the server’s log says how.
recordings-failure-server_stopped = The server stopped.
recordings-nothing = Nothing was recorded.
recordings-until-then = What was recorded until then is here.
recordings-name = { $room }, { $started }
recordings-play = Play
recordings-play-name = Play { $name }
recordings-download = Download
recordings-open-room = Open the room
recordings-of-room = Only this room
recordings-of-conference = Only this conference
recordings-delete = Delete…
recordings-delete-title =
    { $count ->
        [one] Delete the recording of { $name }?
       *[other] Delete { NUMBER($count) } recordings?
    }
recordings-delete-text = Nobody can listen to what is deleted any more. The audit log keeps who deleted it. This cannot be undone.
recordings-delete-now =
    { $count ->
        [one] Delete
       *[other] Delete { NUMBER($count) }
    }
recordings-deleted =
    { $count ->
        [one] The recording is deleted.
       *[other] { NUMBER($count) } recordings are deleted.
    }
recordings-delete-writing = Recordings that are still going on stay.
recordings-none = No recordings yet
recordings-none-text = A conference is recorded when its room’s settings say so, or when a moderator presses Record. What was recorded is here afterwards.
recordings-none-found = No recordings of this
recordings-none-found-text = Nothing was recorded there, or it has been deleted.
recordings-clear-filters = Show all recordings
recordings-player = Player
recordings-pause = Pause
recordings-position = Position
recordings-position-is = { $at } of { $length }
recordings-speed = Speed: { $speed } times. Change
recordings-close-player = Close the player
recordings-cannot-play = This browser could not play it. Download it instead.
